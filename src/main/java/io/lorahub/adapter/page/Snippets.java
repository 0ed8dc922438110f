package io.lorahub.adapter.page;

import io.lorahub.adapter.Adapter;
import io.lorahub.adapter.AdapterFacts;
import io.lorahub.adapter.AdapterState;
import io.lorahub.adapter.AdapterVersion;
import io.lorahub.adapter.Visibility;
import java.util.List;

/**
 * Commands for visitors to copy. Values chosen by the adapter's author are quoted, so that they remain plain text in a
 * shell and in Python.
 *
 * @param curl downloads and unpacks the zip
 * @param peft loads the unpacked adapter
 */
public record Snippets(String curl, String peft) {

    /** @param origin of this site, such as {@code https://hub.example.org} */
    static Snippets of(AdapterVersion version, String origin) {
        Adapter adapter = version.adapter;
        String folder = adapter.name + "-" + version.label;
        boolean open = adapter.visibility != Visibility.PRIVATE && adapter.state != AdapterState.TAKEN_DOWN;
        String token = open ? "" : "-H \"Authorization: Bearer $LORAHUB_TOKEN\" ";
        String curl = "curl -fL %s-o %s.zip \\\n  %s/%s/download/%s.zip\nunzip %s.zip"
                .formatted(token, folder, origin, adapter.address(), version.label, folder);
        String model = isEncoderDecoder(version) ? "AutoModelForSeq2SeqLM" : "AutoModelForCausalLM";
        String peft = String.join(
                "\n",
                List.of(
                        "from peft import PeftModel",
                        "from transformers import " + model,
                        "",
                        "base = %s.from_pretrained(%s)".formatted(model, python(adapter.baseModel)),
                        "model = PeftModel.from_pretrained(base, %s)".formatted(python(folder))));
        return new Snippets(curl, peft);
    }

    private static boolean isEncoderDecoder(AdapterVersion version) {
        return new AdapterFacts(version.facts)
                .layers().stream().anyMatch(l -> l.module().startsWith("encoder."));
    }

    private static String python(String text) {
        return '"' + text.replace("\\", "\\\\").replace("\"", "\\\"").replaceAll("\\p{Cntrl}", " ") + '"';
    }
}
