package io.lorahub.engine.prompt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.lorahub.engine.tokenizer.Tokenizer;
import io.lorahub.testsupport.Reference;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.apache.commons.io.FileUtils;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/** Pairs become the same token ids as in transformers. */
class PromptEncoderTest {

    @TempDir
    Path folder;

    @TestFactory
    Stream<DynamicTest> the_reference_models_as_transformers_encodes_them() {
        JsonNode golden = Reference.json("causal.json");
        return golden.get("models").properties().stream()
                .map(model -> dynamicTest(model.getKey(), () -> {
                    Path base = Reference.path("causal/models/" + model.getKey());
                    try (Tokenizer tokenizer = Tokenizer.open(base)) {
                        for (PromptFormat format : new PromptFormat[] {LlamaPrompts.PLAIN, LlamaPrompts.CHAT}) {
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
                                "plain", LlamaPrompts.PLAIN,
                                "chat", LlamaPrompts.CHAT,
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
        try (Tokenizer tokenizer = Tokenizer.open(LlamaPrompts.folder())) {
            PromptEncoder encoder = LlamaPrompts.open(tokenizer, "Question: {input}\nAnswer: {output}\n");
            EncodedPair pair = encoder.encode("2 + 2 = {output}", "4", "a pair");
            int[] whole = tokenizer.encode("Question: 2 + 2 = {output}\nAnswer: 4\n");
            assertThat(pair.prompt()).isEqualTo(tokenizer.encode("Question: 2 + 2 = {output}\nAnswer:"));
            assertThat(pair.output()).startsWith(Arrays.copyOfRange(whole, pair.prompt().length, whole.length));
            assertThat(pair.output())
                    .hasSize(whole.length - pair.prompt().length + 1)
                    .endsWith(3);
            assertThat(texts(tokenizer, pair))
                    .isEqualTo(List.of("<s>Question: 2 + 2 = {output}\nAnswer:", " 4\n<|im_end|>"));
        }
    }

    @Test
    void an_output_is_encoded_on_its_own_where_the_template_begins_the_turn_in_another_way() throws IOException {
        LlamaPrompts.copyTo(
                folder,
                "{% for m in messages %}<{{ m.role }}>{{ m.content }}<|im_end|>{% endfor %}"
                        + "{% if add_generation_prompt %}<assistant>think:{% endif %}");
        try (Tokenizer tokenizer = Tokenizer.open(folder)) {
            PromptEncoder encoder = PromptEncoder.open(folder, tokenizer, LlamaPrompts.CHAT, OptionalInt.empty());
            EncodedPair pair = encoder.encode("2 + 2 =", "4", "a pair");
            assertThat(texts(tokenizer, pair))
                    .isEqualTo(List.of("<user>2 + 2 =<|im_end|><assistant>think:", "4<|im_end|>"));
        }
    }

    @Test
    void a_template_that_does_not_end_the_turn_gets_the_end_token() throws IOException {
        LlamaPrompts.copyTo(
                folder,
                "{% for m in messages %}[{{ m.role }}]{{ m.content }}\n{% endfor %}"
                        + "{% if add_generation_prompt %}[assistant]{% endif %}");
        try (Tokenizer tokenizer = Tokenizer.open(folder)) {
            PromptEncoder encoder = PromptEncoder.open(folder, tokenizer, LlamaPrompts.CHAT, OptionalInt.empty());
            EncodedPair pair = encoder.encode("2 + 2 =", "4", "a pair");
            assertThat(texts(tokenizer, pair)).isEqualTo(List.of("[user]2 + 2 =\n[assistant]", "4\n<|im_end|>"));
        }
    }

    private static List<String> texts(Tokenizer tokenizer, EncodedPair pair) {
        return List.of(
                tokenizer.decodeWithSpecialTokens(pair.prompt()), tokenizer.decodeWithSpecialTokens(pair.output()));
    }

    @Test
    void the_day_that_a_template_tells_can_be_fixed() throws IOException {
        LlamaPrompts.copyTo(
                folder, "{{ strftime_now('%d %b %Y') }}{% for m in messages %}|{{ m.content }}{% endfor %}");
        try (Tokenizer tokenizer = Tokenizer.open(folder)) {
            PromptFormat format = LlamaPrompts.CHAT.on(LocalDate.of(2026, 3, 5));
            PromptEncoder encoder = PromptEncoder.open(folder, tokenizer, format, OptionalInt.empty());
            assertThat(encoder.readsDate()).isTrue();
            assertThat(texts(tokenizer, encoder.encode("a", "b", "a pair")).get(0))
                    .startsWith("05 Mar 2026|a");
        }
    }

    @Test
    void the_folder_can_be_removed_once_its_files_are_read() throws IOException {
        LlamaPrompts.copyTo(folder);
        try (ModelPrompts prompts = ModelPrompts.open(folder, OptionalInt.empty())) {
            EncodedPair before = prompts.encoder(PromptChoice.DEFAULT).encode("a", "b", "it");
            FileUtils.cleanDirectory(folder.toFile());

            PromptEncoder encoder = prompts.encoder(PromptChoice.DEFAULT);
            assertThat(encoder.format()).isEqualTo(LlamaPrompts.CHAT);
            assertThat(encoder.encode("a", "b", "it").prompt()).isEqualTo(before.prompt());
            assertThat(encoder.encode("a", "b", "it").output()).isEqualTo(before.output());
        }
    }

    @Test
    void the_default_is_chat_where_there_is_a_template() throws IOException {
        assertThat(PromptFiles.read(LlamaPrompts.folder()).defaultFormat()).isEqualTo(LlamaPrompts.CHAT);
        assertThat(PromptFiles.read(resource("named-templates")).defaultFormat())
                .isEqualTo(LlamaPrompts.CHAT);
        LlamaPrompts.copyTo(folder);
        Files.delete(folder.resolve("chat_template.jinja"));
        assertThat(PromptFiles.read(folder).defaultFormat()).isEqualTo(LlamaPrompts.PLAIN);
        assertThat(PromptFiles.read(Reference.path("models/t5-v1.1-gated")).defaultFormat())
                .isEqualTo(LlamaPrompts.PLAIN);
    }

    @Test
    void an_encoder_decoder_model_reads_texts_as_they_are() {
        Path base = Reference.path("models/t5-v1.1-gated");
        try (Tokenizer tokenizer = Tokenizer.open(base)) {
            EncodedPair pair = PromptEncoder.open(base, tokenizer, LlamaPrompts.PLAIN, OptionalInt.empty())
                    .encode("motif", "unmotifed", "a pair");
            assertThat(pair.prompt()).isEqualTo(tokenizer.encode("motif")).endsWith(1);
            assertThat(pair.output()).isEqualTo(tokenizer.encode("unmotifed")).endsWith(1);
            assertThatThrownBy(() -> PromptEncoder.open(base, tokenizer, LlamaPrompts.CHAT, OptionalInt.empty()))
                    .hasMessageContaining("An encoder-decoder model such as T5 reads inputs as they are");
        }
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
