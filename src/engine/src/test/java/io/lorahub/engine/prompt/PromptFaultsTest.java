package io.lorahub.engine.prompt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lorahub.engine.error.EngineException;
import io.lorahub.engine.tokenizer.Tokenizer;
import io.lorahub.testsupport.Reference;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Prompt formats, models and pairs that can't be tokenised are refused with a sentence that names the reason. */
class PromptFaultsTest {

    @TempDir
    Path folder;

    @Test
    void formats_that_lack_a_part_are_named() {
        assertThatThrownBy(() -> PromptFormat.of("Q: {output}", null)).hasMessageContaining("has no {input}");
        assertThatThrownBy(() -> PromptFormat.of("Q: {input}", null)).hasMessageContaining("has no {output}");
        assertThatThrownBy(() -> PromptFormat.of("{output} {input}", null)).hasMessageContaining("after {input}");
        assertThatThrownBy(() -> PromptFormat.of("{input} {output} {output}", null))
                .hasMessageContaining("{output} once");
        assertThatThrownBy(() -> PromptFormat.of("plain", "Be brief."))
                .hasMessageContaining("A system text needs the prompt format chat");
    }

    @Test
    void models_that_lack_a_part_are_named() throws IOException {
        LlamaPrompts.copyTo(folder);
        try (Tokenizer tokenizer = Tokenizer.open(folder)) {
            Files.writeString(folder.resolve("chat_template.jinja"), "{% if %}");
            assertFails(
                    tokenizer,
                    LlamaPrompts.CHAT,
                    "The model's chat template cannot be read: line 1: found the end of the tag");
            Files.delete(folder.resolve("chat_template.jinja"));
            assertFails(tokenizer, LlamaPrompts.CHAT, "has no chat template; choose the prompt format plain");
            Files.writeString(
                    folder.resolve("tokenizer_config.json"),
                    "{\"chat_template\": [{\"name\": \"rag\", \"template\": \"{{ messages }}\"}]}");
            assertFails(tokenizer, LlamaPrompts.CHAT, "has several chat templates (rag), but none is named default");
        }
        Files.writeString(
                folder.resolve("tokenizer_config.json"), "{\"tokenizer_class\": \"PreTrainedTokenizerFast\"}");
        Files.writeString(folder.resolve("config.json"), "{}");
        try (Tokenizer tokenizer = Tokenizer.open(folder)) {
            assertFails(tokenizer, LlamaPrompts.PLAIN, "names no end token, so its outputs would never end");
        }
    }

    @Test
    void pairs_that_cannot_be_encoded_are_named() throws IOException {
        LlamaPrompts.copyTo(
                folder,
                "{% if messages[0].role == 'system' %}{{ raise_exception('System role not supported') }}{% endif %}"
                        + "{{ messages[0].content.nothing.at_all }}");
        try (Tokenizer tokenizer = Tokenizer.open(folder)) {
            assertFails(
                    tokenizer,
                    PromptFormat.of(PromptFormat.CHAT, "Be brief."),
                    "The model's chat template refuses the conversation: \"System role not supported\"");
            assertFails(
                    tokenizer,
                    LlamaPrompts.CHAT,
                    "The model's chat template failed: line 1: text has no attribute 'nothing'.");
        }
        LlamaPrompts.copyTo(
                folder,
                "{% for m in messages %}{{ m.role }}{% endfor %}{% if add_generation_prompt %}assistant{% endif %}");
        try (Tokenizer tokenizer = Tokenizer.open(folder)) {
            assertFails(
                    tokenizer,
                    LlamaPrompts.CHAT,
                    "The output of example 1 has no tokens; write the text that the model is to answer.");
            PromptEncoder plain = PromptEncoder.open(folder, tokenizer, LlamaPrompts.PLAIN, OptionalInt.of(8));
            assertThatThrownBy(() -> plain.encode("a", " \n", "example 2"))
                    .hasMessage("The output of example 2 is empty.");
            assertThatThrownBy(() -> plain.encode("a ".repeat(50), "b", "example 3"))
                    .hasMessageMatching(
                            "The prompt of example 3 has \\d+ tokens with its output, but the model reads at most 8."
                                    + " Shorten it.");
            assertThatThrownBy(() -> plain.encode("a ".repeat(50), "input 1"))
                    .hasMessageMatching(
                            "The prompt of input 1 has \\d+ tokens, but the model reads at most 8. Shorten it.");
        }
    }

    @Test
    void outputs_of_special_tokens_alone_are_refused_in_every_format() {
        try (Tokenizer tokenizer = Tokenizer.open(LlamaPrompts.folder())) {
            for (String format : new String[] {"plain", "chat", "Q: {input}\nA: {output}."}) {
                PromptEncoder encoder = LlamaPrompts.open(tokenizer, format);
                for (String output : new String[] {"<|im_end|>", " <|im_end|>\n", "<|im_end|><|im_start|>"}) {
                    assertThatThrownBy(() -> encoder.encode("a", output, "example 4"))
                            .as("%s: %s", format, output)
                            .hasMessage(
                                    "The output of example 4 has no tokens; write the text that the model is to answer.");
                }
                assertThat(encoder.encode("a", "b<|im_end|>", "example 5").output())
                        .isNotEmpty();
            }
        }
        Path t5 = Reference.path("models/t5-v1.1-gated");
        try (Tokenizer tokenizer = Tokenizer.open(t5)) {
            PromptEncoder encoder = PromptEncoder.open(t5, tokenizer, LlamaPrompts.PLAIN, OptionalInt.empty());
            assertThatThrownBy(() -> encoder.encode("a", "</s>", "example 1"))
                    .hasMessageContaining("The output of example 1 has no tokens");
            assertThat(encoder.encode("a", "\u2603", "unknown characters").output())
                    .hasSizeGreaterThan(1);
        }
    }

    @Test
    void a_system_text_for_a_model_without_chats_is_refused_with_what_to_do() throws IOException {
        LlamaPrompts.copyTo(folder);
        Files.delete(folder.resolve("chat_template.jinja"));
        PromptFormat format = PromptChoice.of(null, "Be brief.").in(folder);
        try (Tokenizer tokenizer = Tokenizer.open(folder)) {
            assertFails(
                    tokenizer,
                    format,
                    "has no chat template, so it can't take a system text. Leave the system text out and choose the"
                            + " prompt format plain, or write the text into a format of your own, such as"
                            + " \"TEXT {input} {output}\".");
        }
        Path t5 = Reference.path("models/t5-v1.1-gated");
        try (Tokenizer tokenizer = Tokenizer.open(t5)) {
            assertThatThrownBy(() -> PromptEncoder.open(t5, tokenizer, format, OptionalInt.empty()))
                    .hasMessageEndingWith("leave the prompt format and the system text out.");
        }
    }

    private void assertFails(Tokenizer tokenizer, PromptFormat format, String message) {
        assertThatThrownBy(() -> PromptEncoder.open(folder, tokenizer, format, OptionalInt.empty())
                        .encode("input", "output", "example 1"))
                .isInstanceOf(EngineException.class)
                .hasMessageContaining(message);
    }
}
