package io.lorahub.engine.prompt;

import io.lorahub.engine.tokenizer.Tokenizer;
import io.lorahub.testsupport.Reference;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.OptionalInt;

/** The prompt files of the reference model of the family llama, and copies of them that a test can change. */
final class LlamaPrompts {

    static final PromptFormat PLAIN = PromptFormat.of(PromptFormat.PLAIN, null);
    static final PromptFormat CHAT = PromptFormat.of(PromptFormat.CHAT, null);

    private static final String TEMPLATE = "chat_template.jinja";

    private LlamaPrompts() {}

    static Path folder() {
        return Reference.path("causal/models/llama");
    }

    static PromptEncoder open(Tokenizer tokenizer, String format) {
        return PromptEncoder.open(folder(), tokenizer, PromptFormat.of(format, null), OptionalInt.empty());
    }

    static void copyTo(Path target) throws IOException {
        for (String file : new String[] {"tokenizer.json", "tokenizer_config.json", "config.json", TEMPLATE}) {
            Files.copy(folder().resolve(file), target.resolve(file), StandardCopyOption.REPLACE_EXISTING);
        }
    }

    /** With another chat template. */
    static void copyTo(Path target, String template) throws IOException {
        copyTo(target);
        Files.writeString(target.resolve(TEMPLATE), template);
    }
}
