package io.lorahub.engine.prompt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.lorahub.engine.error.EngineException;
import io.lorahub.engine.tokenizer.Tokenizer;
import io.lorahub.testsupport.Reference;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.Arrays;
import java.util.Map;
import java.util.OptionalInt;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.apache.commons.io.FileUtils;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/** Pairs become the same token ids as in transformers, and pairs that can't be tokenised are reported. */
class PromptEncoderTest {

    private static final PromptFormat PLAIN = PromptFormat.of(PromptFormat.PLAIN, null);
    private static final PromptFormat CHAT = PromptFormat.of(PromptFormat.CHAT, null);

    @TempDir
    Path folder;

    @TestFactory
    Stream<DynamicTest> the_reference_models_as_transformers_encodes_them() {
        JsonNode golden = Reference.json("causal.json");
        return golden.get("models").properties().stream()
                .map(model -> dynamicTest(model.getKey(), () -> {
                    Path base = Reference.path("causal/models/" + model.getKey());
                    try (Tokenizer tokenizer = Tokenizer.open(base)) {
                        for (PromptFormat format : new PromptFormat[] {PLAIN, CHAT}) {
                            PromptEncoder encoder = PromptEncoder.open(base, tokenizer, format, OptionalInt.empty());
                            for (int i = 0; i < golden.get("inputs").size(); i++) {
                                EncodedPair pair = encoder.encode(
                                        golden.at("/inputs/" + i).asText(),
                                        golden.at("/outputs/" + i).asText(),
                                        "example " + (i + 1));
                                compare(pair, model.getValue().at("/prompts/%d/%s".formatted(i, format.text())));
                            }
                        }
                    }
                }));
    }

    @TestFactory
    Stream<DynamicTest> tokenizers_of_the_usual_classes_as_transformers_encodes_them() throws IOException {
        JsonNode golden = new ObjectMapper().readTree(resource("golden.json").toFile());
        String system = golden.get("system").asText();
        return golden.get("models").properties().stream()
                .flatMap(model -> Map.of(
                                "plain", PLAIN,
                                "chat", CHAT,
                                "system", PromptFormat.of(PromptFormat.CHAT, system))
                        .entrySet()
                        .stream()
                        .map(format -> dynamicTest(model.getKey() + ", " + format.getKey(), () -> {
                            Path base = resource(model.getKey());
                            try (Tokenizer tokenizer = Tokenizer.open(base)) {
                                PromptEncoder encoder =
                                        PromptEncoder.open(base, tokenizer, format.getValue(), OptionalInt.empty());
                                for (int i = 0; i < golden.get("pairs").size(); i++) {
                                    JsonNode pair = golden.get("pairs").get(i);
                                    String input = pair.get("input").asText();
                                    JsonNode row = model.getValue().at("/rows/%d/%s".formatted(i, format.getKey()));
                                    String output = pair.get("output").asText();
                                    EncodedPair encoded = encoder.encode(input, output, "a pair");
                                    compare(encoded, row);
                                    if (encoded.prompt().length > 0) {
                                        assertThat(encoder.encode(input, "a pair"))
                                                .isEqualTo(encoded.prompt());
                                    }
                                }
                            }
                        })));
    }

    private static void compare(EncodedPair pair, JsonNode row) {
        assertThat(pair.prompt()).isEqualTo(ids(row.get("prompt")));
        assertThat(pair.output()).isEqualTo(ids(row.get("output")));
    }

    private static int[] ids(JsonNode array) {
        return StreamSupport.stream(array.spliterator(), false)
                .mapToInt(JsonNode::intValue)
                .toArray();
    }

    @Test
    void a_text_of_ones_own_is_encoded_as_a_whole() {
        try (Tokenizer tokenizer = Tokenizer.open(llama())) {
            PromptEncoder encoder = open(tokenizer, "Question: {input}\nAnswer: {output}\n");
            EncodedPair pair = encoder.encode("2 + 2 = {output}", "4", "a pair");
            int[] whole = tokenizer.encode("Question: 2 + 2 = {output}\nAnswer: 4\n");
            assertThat(pair.prompt()).isEqualTo(tokenizer.encode("Question: 2 + 2 = {output}\nAnswer:"));
            assertThat(pair.output()).startsWith(Arrays.copyOfRange(whole, pair.prompt().length, whole.length));
            assertThat(pair.output())
                    .hasSize(whole.length - pair.prompt().length + 1)
                    .endsWith(3);
            assertThat(encoder.rendered(pair))
                    .isEqualTo(new RenderedPair("<s>Question: 2 + 2 = {output}\nAnswer:", " 4\n<|im_end|>"));
        }
    }

    @Test
    void an_output_is_encoded_on_its_own_where_the_template_begins_the_turn_in_another_way() throws IOException {
        template("{% for m in messages %}<{{ m.role }}>{{ m.content }}<|im_end|>{% endfor %}"
                + "{% if add_generation_prompt %}<assistant>think:{% endif %}");
        try (Tokenizer tokenizer = Tokenizer.open(folder)) {
            PromptEncoder encoder = PromptEncoder.open(folder, tokenizer, CHAT, OptionalInt.empty());
            EncodedPair pair = encoder.encode("2 + 2 =", "4", "a pair");
            assertThat(encoder.rendered(pair))
                    .isEqualTo(new RenderedPair("<user>2 + 2 =<|im_end|><assistant>think:", "4<|im_end|>"));
        }
    }

    @Test
    void a_template_that_does_not_end_the_turn_gets_the_end_token() throws IOException {
        template("{% for m in messages %}[{{ m.role }}]{{ m.content }}\n{% endfor %}"
                + "{% if add_generation_prompt %}[assistant]{% endif %}");
        try (Tokenizer tokenizer = Tokenizer.open(folder)) {
            PromptEncoder encoder = PromptEncoder.open(folder, tokenizer, CHAT, OptionalInt.empty());
            EncodedPair pair = encoder.encode("2 + 2 =", "4", "a pair");
            assertThat(encoder.rendered(pair))
                    .isEqualTo(new RenderedPair("[user]2 + 2 =\n[assistant]", "4\n<|im_end|>"));
        }
    }

    @Test
    void the_day_that_a_template_tells_can_be_fixed() throws IOException {
        template("{{ strftime_now('%d %b %Y') }}{% for m in messages %}|{{ m.content }}{% endfor %}");
        try (Tokenizer tokenizer = Tokenizer.open(folder)) {
            PromptFormat format = CHAT.on(LocalDate.of(2026, 3, 5));
            PromptEncoder encoder = PromptEncoder.open(folder, tokenizer, format, OptionalInt.empty());
            assertThat(encoder.readsDate()).isTrue();
            assertThat(encoder.rendered(encoder.encode("a", "b", "a pair")).prompt())
                    .startsWith("05 Mar 2026|a");
        }
    }

    @Test
    void the_folder_can_be_removed_once_its_files_are_read() throws IOException {
        copyOfLlama();
        try (ModelPrompts prompts = ModelPrompts.open(folder, OptionalInt.empty())) {
            EncodedPair before = prompts.encoder(PromptChoice.DEFAULT).encode("a", "b", "it");
            FileUtils.cleanDirectory(folder.toFile());

            PromptEncoder encoder = prompts.encoder(PromptChoice.DEFAULT);
            assertThat(encoder.format()).isEqualTo(CHAT);
            assertThat(encoder.encode("a", "b", "it").prompt()).isEqualTo(before.prompt());
            assertThat(encoder.encode("a", "b", "it").output()).isEqualTo(before.output());
        }
    }

    @Test
    void the_default_is_chat_where_there_is_a_template() throws IOException {
        assertThat(PromptFiles.read(llama()).defaultFormat()).isEqualTo(CHAT);
        assertThat(PromptFiles.read(resource("named-templates")).defaultFormat())
                .isEqualTo(CHAT);
        copyOfLlama();
        Files.delete(folder.resolve("chat_template.jinja"));
        assertThat(PromptFiles.read(folder).defaultFormat()).isEqualTo(PLAIN);
        assertThat(PromptFiles.read(Reference.path("models/t5-v1.1-gated")).defaultFormat())
                .isEqualTo(PLAIN);
    }

    @Test
    void an_encoder_decoder_model_reads_texts_as_they_are() {
        Path base = Reference.path("models/t5-v1.1-gated");
        try (Tokenizer tokenizer = Tokenizer.open(base)) {
            EncodedPair pair = PromptEncoder.open(base, tokenizer, PLAIN, OptionalInt.empty())
                    .encode("motif", "unmotifed", "a pair");
            assertThat(pair.prompt()).isEqualTo(tokenizer.encode("motif")).endsWith(1);
            assertThat(pair.output()).isEqualTo(tokenizer.encode("unmotifed")).endsWith(1);
            assertThatThrownBy(() -> PromptEncoder.open(base, tokenizer, CHAT, OptionalInt.empty()))
                    .hasMessageContaining("An encoder-decoder model such as T5 reads inputs as they are");
        }
    }

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
        copyOfLlama();
        try (Tokenizer tokenizer = Tokenizer.open(folder)) {
            Files.writeString(folder.resolve("chat_template.jinja"), "{% if %}");
            assertFails(tokenizer, CHAT, "The model's chat template cannot be read: line 1: found the end of the tag");
            Files.delete(folder.resolve("chat_template.jinja"));
            assertFails(tokenizer, CHAT, "has no chat template; choose the prompt format plain");
        }
        Files.writeString(
                folder.resolve("tokenizer_config.json"), "{\"tokenizer_class\": \"PreTrainedTokenizerFast\"}");
        Files.writeString(folder.resolve("config.json"), "{}");
        try (Tokenizer tokenizer = Tokenizer.open(folder)) {
            assertFails(tokenizer, PLAIN, "names no end token, so its outputs would never end");
        }
    }

    @Test
    void pairs_that_cannot_be_encoded_are_named() throws IOException {
        template("{% if messages[0].role == 'system' %}{{ raise_exception('System role not supported') }}{% endif %}"
                + "{{ messages[0].content.nothing.at_all }}");
        try (Tokenizer tokenizer = Tokenizer.open(folder)) {
            assertFails(
                    tokenizer,
                    PromptFormat.of(PromptFormat.CHAT, "Be brief."),
                    "The model's chat template refuses the conversation: \"System role not supported\"");
            assertFails(tokenizer, CHAT, "The model's chat template failed: line 1: text has no attribute 'nothing'.");
        }
        template("{% for m in messages %}{{ m.role }}{% endfor %}{% if add_generation_prompt %}assistant{% endif %}");
        try (Tokenizer tokenizer = Tokenizer.open(folder)) {
            assertFails(
                    tokenizer,
                    CHAT,
                    "The output of example 1 has no tokens; write the text that the model is to answer.");
            PromptEncoder plain = PromptEncoder.open(folder, tokenizer, PLAIN, OptionalInt.of(8));
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
        try (Tokenizer tokenizer = Tokenizer.open(llama())) {
            for (String format : new String[] {"plain", "chat", "Q: {input}\nA: {output}."}) {
                PromptEncoder encoder = open(tokenizer, format);
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
            PromptEncoder encoder = PromptEncoder.open(t5, tokenizer, PLAIN, OptionalInt.empty());
            assertThatThrownBy(() -> encoder.encode("a", "</s>", "example 1"))
                    .hasMessageContaining("The output of example 1 has no tokens");
            assertThat(encoder.encode("a", "\u2603", "unknown characters").output())
                    .hasSizeGreaterThan(1);
        }
    }

    @Test
    void a_system_text_for_a_model_without_chats_is_refused_with_what_to_do() throws IOException {
        copyOfLlama();
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

    private static PromptEncoder open(Tokenizer tokenizer, String text) {
        return PromptEncoder.open(llama(), tokenizer, PromptFormat.of(text, null), OptionalInt.empty());
    }

    private static Path llama() {
        return Reference.path("causal/models/llama");
    }

    private void copyOfLlama() throws IOException {
        for (String file :
                new String[] {"tokenizer.json", "tokenizer_config.json", "config.json", "chat_template.jinja"}) {
            Files.copy(llama().resolve(file), folder.resolve(file), java.nio.file.StandardCopyOption.REPLACE_EXISTING);
        }
    }

    private void template(String text) throws IOException {
        copyOfLlama();
        Files.writeString(folder.resolve("chat_template.jinja"), text);
    }

    private static Path resource(String name) {
        try {
            return Path.of(
                    PromptEncoderTest.class.getResource("/prompts/" + name).toURI());
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }
}
