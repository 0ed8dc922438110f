package io.lorahub.engine.preset;

import io.lorahub.engine.lora.LoraAdapter;
import io.lorahub.engine.lora.merge.KeptModules;
import io.lorahub.engine.model.BaseModel;
import io.lorahub.engine.model.family.ModelConfig;
import io.lorahub.testsupport.Reference;
import java.nio.file.Path;
import java.util.Optional;

/** Exports of the adapters of the reference models. */
final class ReferenceExports {

    private ReferenceExports() {}

    static Optional<ModelConfig> base(String model) {
        return Optional.of(BaseModel.config(Reference.path("causal/models/" + model)));
    }

    static LoraAdapter adapter(String model, String name) {
        return LoraAdapter.load(Reference.path("causal/adapters/" + model + "/" + name));
    }

    static PresetReport export(String model, String name, ExportPreset preset, PresetOptions options, Path out) {
        try (LoraAdapter adapter = adapter(model, name)) {
            return PresetExport.write(adapter, KeptModules.NONE, base(model), "from", preset, options, out);
        }
    }
}
