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
import org.junit.jupiter.api.Test;
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

    /** Llama 2's tokenizer writes characters that it doesn't know as bytes; what precedes a stray byte was returned already. */
    @Test
    void a_byte_that_is_no_character_loses_nothing(@TempDir Path folder) throws IOException {
        Files.writeString(folder.resolve("tokenizer.json"), """
                {"version": "1.0", "truncation": null, "padding": null, "added_tokens": [], "normalizer": null,
                 "pre_tokenizer": null, "post_processor": null,
                 "decoder": {"type": "Sequence", "decoders": [
                   {"type": "Replace", "pattern": {"String": "▁"}, "content": " "},
                   {"type": "ByteFallback"}, {"type": "Fuse"},
                   {"type": "Strip", "content": " ", "start": 1, "stop": 0}]},
                 "model": {"type": "BPE", "dropout": null, "unk_token": "<unk>", "byte_fallback": true, "merges": [],
                   "vocab": {"<unk>": 0, "<0x0A>": 1, "<0xE4>": 2, "<0xBD>": 3, "<0xA0>": 4, "<0xE5>": 5, "▁a": 6, "b": 7}}}
                """);
        try (Tokenizer tokenizer = Tokenizer.open(folder)) {
            check(tokenizer, new int[] {6, 2, 3, 4, 1, 7});
            assertThat(streamed(tokenizer, 2, 3, 4, 5, 6, 7)).isEqualTo("你\uFFFD ab");
            assertThat(streamed(tokenizer, 7, 1, 5)).isEqualTo("b\n\uFFFD");
            assertThat(streamed(tokenizer, 7, 1, 5, 2, 3, 4, 6))
                    .startsWith("b\n")
                    .endsWith(" a");
        }
    }

    private static String streamed(Tokenizer tokenizer, int... ids) {
        TokenStream stream = tokenizer.stream();
        StringBuilder text = new StringBuilder();
        for (int id : ids) text.append(stream.add(id));
        return text.append(stream.end()).toString();
    }

    private static int vocabulary(Tokenizer tokenizer) {
        return IntStream.range(0, 200)
                .filter(id -> !tokenizer.token(id).isEmpty())
                .max()
                .orElseThrow();
    }

    private static void check(Tokenizer tokenizer, int[] ids) {
        assertThat(streamed(tokenizer, ids)).isEqualTo(tokenizer.decode(ids));
    }
}
