package io.lorahub.engine.inspection;

import io.lorahub.engine.lora.Finding;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Consumer;

/** Without tokenizer.json no text can be read; spiece.model alone is not enough. */
final class TokenizerCheck implements ModelCheck {

    @Override
    public void check(ModelContents model, Consumer<Finding> found) {
        Path tokenizer = model.folder().resolve("tokenizer.json");
        if (!Files.isRegularFile(tokenizer)) {
            found.accept(Finding.error(
                    "tokenizer-missing",
                    "tokenizer.json",
                    "There is no tokenizer.json.",
                    "Save the tokenizer with transformers: AutoTokenizer.from_pretrained(...).save_pretrained(...)."));
        }
    }
}
