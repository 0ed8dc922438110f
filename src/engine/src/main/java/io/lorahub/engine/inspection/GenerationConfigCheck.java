package io.lorahub.engine.inspection;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import io.lorahub.engine.error.EngineException;
import io.lorahub.engine.lora.config.CheckFinding;
import io.lorahub.engine.lora.config.ConfigFile;
import io.lorahub.engine.model.family.GenerationSettings;
import io.lorahub.engine.model.family.ModelConfig;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.Consumer;

/** Checks that the generation configuration can be read and followed, which every command needs. */
final class GenerationConfigCheck implements ModelCheck {

    private static final String FILE = "generation_config.json";

    @Override
    public void check(ModelContents model, Consumer<CheckFinding> findings) {
        Path file = model.folder().resolve(FILE);
        Optional<JsonNode> generation =
                Files.isRegularFile(file) ? ConfigFile.read(file, findings) : Optional.of(MissingNode.getInstance());
        if (generation.isEmpty() || model.config().isEmpty()) return;
        ConfigFile.read(model.folder().resolve("config.json"), findings)
                .ifPresent(config -> check(model.config().get(), config, generation.get(), findings));
    }

    private static void check(
            ModelConfig model, JsonNode config, JsonNode generation, Consumer<CheckFinding> findings) {
        try {
            for (String setting :
                    GenerationSettings.of(model, config, generation).unsupported()) {
                findings.accept(CheckFinding.warning(
                        "generation-not-followed",
                        FILE,
                        "The model's generation settings ask for %s, which LoraHub doesn't use.".formatted(setting),
                        "It decodes greedily, so transformers may give different output."));
            }
        } catch (EngineException e) {
            findings.accept(
                    CheckFinding.error("generation-unusable", FILE, e.getMessage(), "Get %s again.".formatted(FILE)));
        }
    }
}
