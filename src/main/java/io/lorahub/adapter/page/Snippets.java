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
 * @param vllm serves it with its base model; empty unless the model is decoder-only
 */
public record Snippets(String curl, String peft, String vllm) {

    /** The values of vLLM's {@code --max-lora-rank} above its default of 16. */
    private static final List<Integer> RANKS = List.of(32, 64, 128, 256, 320, 512);

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
        return new Snippets(curl, peft, vllm(version, folder));
    }

    private static String vllm(AdapterVersion version, String folder) {
        AdapterFacts facts = new AdapterFacts(version.facts);
        if (facts.layers().isEmpty()
                || facts.layers().stream().anyMatch(l -> l.module().matches("(encoder|decoder)\\..*"))) return "";
        String rank = RANKS.stream()
                .filter(r -> facts.rank() > 16 && r >= facts.rank())
                .findFirst()
                .map(" --max-lora-rank %d"::formatted)
                .orElse("");
        return "vllm serve %s --enable-lora%s \\\n  --lora-modules %s=./%s"
                .formatted(shell(version.adapter.baseModel), rank, version.adapter.name, folder);
    }

    /** A word quoted for a shell. */
    private static String shell(String text) {
        String clean = text.replaceAll("\\p{Cntrl}", " ");
        return clean.matches("[\\w./-]+") ? clean : "'" + clean.replace("'", "'\\''") + "'";
    }

    private static boolean isEncoderDecoder(AdapterVersion version) {
        return new AdapterFacts(version.facts)
                .layers().stream().anyMatch(l -> l.module().startsWith("encoder."));
    }

    private static String python(String text) {
        return '"' + text.replace("\\", "\\\\").replace("\"", "\\\"").replaceAll("\\p{Cntrl}", " ") + '"';
    }
}
