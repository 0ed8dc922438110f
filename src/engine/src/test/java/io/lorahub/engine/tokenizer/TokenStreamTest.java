package io.lorahub.engine.tokenizer;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.lorahub.testsupport.Reference;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Text that is put together token by token is what the tokenizer makes of all tokens. */
class TokenStreamTest {

    private static final String TEXT =
            "Grüße an Zoë: 你好，世界 👋🏽 — “quoted”, it 's done , isn't it ?\n\n  def f(x):\treturn x ' y '  end .";

    static Stream<String> models() {
        return Stream.of(
                "causal/models/llama",
                "causal/models/gpt2",
                "causal/models/qwen2",
                "causal/models/gemma",
                "causal/models/phi3",
                "models/t5-v1.1-gated");
    }

    @ParameterizedTest
    @MethodSource("models")
    void of_a_text_with_characters_of_several_tokens(String model) {
        try (Tokenizer tokenizer = Tokenizer.open(Reference.path(model))) {
            check(tokenizer, tokenizer.encode(TEXT));
            check(tokenizer, tokenizer.encodeAsIs(TEXT));
        }
    }

    @ParameterizedTest
    @MethodSource("models")
    void of_any_tokens(String model) {
        try (Tokenizer tokenizer = Tokenizer.open(Reference.path(model))) {
            Random random = new Random(3);
            int vocabulary = vocabulary(tokenizer);
            for (int i = 0; i < 50; i++) {
                check(tokenizer, random.ints(40, 0, vocabulary).toArray());
            }
        }
    }

    @ParameterizedTest
    @MethodSource("models")
    void of_a_text_whose_spaces_before_punctuation_are_removed(String model, @TempDir Path folder) throws IOException {
        Files.copy(Reference.path(model).resolve("tokenizer.json"), folder.resolve("tokenizer.json"));
        Files.writeString(folder.resolve("tokenizer_config.json"), "{\"clean_up_tokenization_spaces\": true}");
        try (Tokenizer tokenizer = Tokenizer.open(folder)) {
            check(tokenizer, tokenizer.encodeAsIs(TEXT));
            check(tokenizer, tokenizer.encodeAsIs("a"));
            assertThat(tokenizer.decode(tokenizer.encodeAsIs(TEXT))).doesNotContain(" 's", " ?", " .");
        }
    }

    @ParameterizedTest
    @MethodSource("models")
    void the_bytes_of_the_tokens_are_those_of_the_text(String model) {
        try (Tokenizer tokenizer = Tokenizer.open(Reference.path(model))) {
            int[] ids = tokenizer.encodeAsIs(TEXT);
            ByteArrayOutputStream bytes = new ByteArrayOutputStream();
            for (int i = 0; i < ids.length; i++) {
                String text = i == 0 ? tokenizer.token(ids[i]) : tokenizer.tokenWithin(ids[i]);
                bytes.writeBytes(tokenizer.partialBytes(ids[i]).orElse(text.getBytes(UTF_8)));
            }
            assertThat(bytes.toString(UTF_8)).isEqualTo(tokenizer.decodeWithSpecialTokens(ids));
        }
    }

    private static int vocabulary(Tokenizer tokenizer) {
        return IntStream.range(0, 200)
                .filter(id -> !tokenizer.token(id).isEmpty())
                .max()
                .orElseThrow();
    }

    private static void check(Tokenizer tokenizer, int[] ids) {
        TokenStream stream = tokenizer.stream();
        StringBuilder text = new StringBuilder();
        for (int id : ids) text.append(stream.add(id));
        text.append(stream.end());
        assertThat(text).hasToString(tokenizer.decode(ids));
    }
}
