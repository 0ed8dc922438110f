package io.lorahub.engine.inspection;

import io.lorahub.engine.error.EngineException;
import io.lorahub.engine.lora.config.CheckFinding;
import io.lorahub.engine.lora.config.ConfigFile;
import io.lorahub.engine.tokenizer.Tokenizer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Consumer;

/** Checks that tokenizer.json can be loaded, which is needed to read any text; spiece.model alone is not enough. */
final class TokenizerCheck implements ModelCheck {

    @Override
    public void check(ModelContents model, Consumer<CheckFinding> findings) {
        Path tokenizer = model.folder().resolve("tokenizer.json");
        if (!Files.isRegularFile(tokenizer)) {
            findings.accept(CheckFinding.error(
                    "tokenizer-missing",
                    "tokenizer.json",
                    "There is no tokenizer.json.",
                    "Save the tokenizer with transformers: AutoTokenizer.from_pretrained(...).save_pretrained(...)."));
            return;
        }
        Path settings = model.folder().resolve("tokenizer_config.json");
        if (Files.isRegularFile(settings) && ConfigFile.read(settings, findings).isEmpty()) return;
        // the tokenizer reads config.json too, whose faults have been found already
        Path config = model.folder().resolve("config.json");
        if (Files.isRegularFile(config) && ConfigFile.read(config, fault -> {}).isEmpty()) return;
        try {
            Tokenizer.open(model.folder()).close();
        } catch (EngineException e) {
            findings.accept(CheckFinding.error(
                    "tokenizer-unreadable",
                    "tokenizer.json",
                    e.getMessage(),
                    "Get tokenizer.json and tokenizer_config.json again, or save the tokenizer with transformers."));
        }
    }
}
