package io.lorahub.adapter.page;

import io.lorahub.adapter.Adapter;
import io.lorahub.adapter.AdapterFacts;
import io.lorahub.adapter.AdapterVersion;
import io.lorahub.engine.model.family.Architecture;
import io.lorahub.engine.preset.ExportPreset;
import io.lorahub.engine.preset.ServingCommands;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * Commands for visitors to copy. Values chosen by the adapter's author are quoted, so that they remain plain text in a
 * shell and in Python.
 *
 * @param curl    downloads and unpacks the zip
 * @param peft    loads the unpacked adapter
 * @param vllm    serves it with its base model; empty unless the model is decoder-only
 * @param exports how to export and serve it with each other program that loads adapters of its family
 */
public record Snippets(String curl, String peft, String vllm, List<Export> exports) {

    /**
     * @param program its name
     * @param text    commands for a shell
     */
    public record Export(String program, String text) {

        public String label() {
            return "Export for " + program;
        }
    }

    /**
     * @param origin of this site, such as {@code https://hub.example.org}
     * @param family {@code model_type} of the base model, if the hub knows it
     */
    static Snippets of(AdapterVersion version, String origin, Optional<String> family) {
        Adapter adapter = version.adapter;
        String folder = adapter.name + "-" + version.label;
        String token = adapter.isOpen() ? "" : "-H \"Authorization: Bearer $LORAHUB_TOKEN\" ";
        String curl = "curl -fL %s-o %s.zip \\\n  %s/%s/download/%s.zip\nunzip %s.zip"
                .formatted(token, folder, origin, adapter.address(), version.label, folder);
        String peft = commands(version, folder).of(ExportPreset.PEFT);
        boolean served = isDecoderOnly(version)
                && new AdapterFacts(version.facts).replacedModules().isEmpty();
        return new Snippets(
                curl,
                peft,
                served ? commands(version, "./" + folder).of(ExportPreset.VLLM) : "",
                served ? exports(version, origin, family) : List.of());
    }

    /** vLLM is among them for adapters that it doesn't load as they are. */
    private static List<Export> exports(AdapterVersion version, String origin, Optional<String> family) {
        return Arrays.stream(ExportPreset.values())
                .filter(preset -> preset != ExportPreset.PEFT)
                .filter(preset -> family.isEmpty() || preset.serves(family.get()))
                .map(preset -> {
                    String out = version.adapter.name + "-" + preset.id();
                    return new Export(
                            preset.title(),
                            "lorahub export %s@%s --server %s \\\n  --for %s --base %s --out %s\n%s"
                                    .formatted(
                                            version.adapter.address(),
                                            version.label,
                                            origin,
                                            preset.id(),
                                            ServingCommands.shell(version.adapter.baseModel),
                                            out,
                                            commands(version, out).of(preset)));
                })
                .toList();
    }

    private static ServingCommands commands(AdapterVersion version, String folder) {
        AdapterFacts facts = new AdapterFacts(version.facts);
        return new ServingCommands(
                version.adapter.baseModel,
                version.adapter.name,
                folder,
                facts.rank(),
                Architecture.ofModules(
                        facts.layers().stream().map(layer -> layer.module()).toList()));
    }

    private static boolean isDecoderOnly(AdapterVersion version) {
        AdapterFacts facts = new AdapterFacts(version.facts);
        return !facts.layers().isEmpty()
                && facts.layers().stream().noneMatch(l -> l.module().matches("(encoder|decoder)\\..*"));
    }
}
