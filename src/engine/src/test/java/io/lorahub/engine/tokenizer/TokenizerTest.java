package io.lorahub.engine.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.lorahub.engine.error.EngineException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What tokenizer_config.json changes in tokenizer.json, as transformers' PreTrainedTokenizerFast has it. */
class TokenizerTest {

    private static final String BYTE_LEVEL = """
            {"version":"1.0","truncation":null,"padding":null,"added_tokens":[],"normalizer":null,
             "pre_tokenizer":{"type":"ByteLevel","add_prefix_space":true,"trim_offsets":true,"use_regex":true},
             "post_processor":null,"decoder":{"type":"ByteLevel","add_prefix_space":true,"trim_offsets":true,"use_regex":true},
             "model":{"type":"BPE","dropout":null,"unk_token":null,"continuing_subword_prefix":null,
              "end_of_word_suffix":null,"fuse_unk":false,"byte_fallback":false,
              "vocab":{"a":0,"\\u0120":1,"\\u0120a":2},"merges":["\\u0120 a"]}}
            """;

    @TempDir
    Path folder;

    @BeforeEach
    void write() throws IOException {
        Files.writeString(folder.resolve("tokenizer.json"), BYTE_LEVEL);
    }

    private int[] ids(String config) throws IOException {
        Files.writeString(folder.resolve("tokenizer_config.json"), config);
        try (Tokenizer tokenizer = Tokenizer.open(folder)) {
            return tokenizer.encode("a a");
        }
    }

    @Test
    void a_space_is_put_before_the_text_where_the_configuration_says_so() throws IOException {
        assertThat(ids("{\"add_prefix_space\":true}")).containsExactly(2, 2);
        assertThat(ids("{}")).containsExactly(0, 2);
    }

    @Test
    void what_is_not_done_is_refused() {
        assertThatExceptionOfType(EngineException.class)
                .isThrownBy(() -> ids("{\"split_special_tokens\":true}"))
                .withMessageContaining("split_special_tokens");
    }

    @Test
    void a_file_that_cannot_be_used_is_named() throws IOException {
        assertThatExceptionOfType(EngineException.class)
                .isThrownBy(() -> ids("{\"add_prefix_space\": "))
                .withMessageMatching("The file .*tokenizer_config.json isn't valid JSON: .*");
        assertThatExceptionOfType(EngineException.class)
                .isThrownBy(() -> ids("{\"tokenizer_class\": \"LlamaTokenizer\", \"bos_token\": null}"))
                .withMessageContaining("adds bos_token or eos_token, but names none");
        Files.writeString(folder.resolve("tokenizer.json"), "{\"model\": {\"type\": \"ByteLevel\"}}");
        assertThatExceptionOfType(EngineException.class)
                .isThrownBy(() -> ids("{}"))
                .withMessageMatching("(?s)The tokenizer .*tokenizer.json could not be read: .*");
        Files.delete(folder.resolve("tokenizer.json"));
        assertThatExceptionOfType(EngineException.class)
                .isThrownBy(() -> ids("{}"))
                .withMessageContaining("There is no tokenizer.json in " + folder);
    }

    /** As in transformers 4, where tokenizers of older models rely on them. */
    @ParameterizedTest
    @CsvSource({
        "LlamaTokenizerFast, llama, <s>, </s>, true",
        "CodeLlamaTokenizer, mistral, <s>, </s>, true",
        "GemmaTokenizer, gemma2, <bos>, <eos>, true",
        "GPTNeoXTokenizerFast, gpt_neox, <|endoftext|>, <|endoftext|>, false",
        "GPT2Tokenizer, olmo2, <|endoftext|>, <|endoftext|>, false",
        "Qwen2TokenizerFast, qwen3, , <|endoftext|>, false",
        "T5Tokenizer, t5, , </s>, false",
        "BloomTokenizer, bloom, , , false"
    })
    void special_tokens_that_nobody_names_are_those_of_the_class(
            String tokenizerClass, String modelType, String begin, String end, boolean addsBegin) throws IOException {
        ObjectNode config = JsonNodeFactory.instance.objectNode().put("tokenizer_class", tokenizerClass);
        ObjectNode unnamed = JsonNodeFactory.instance.objectNode();
        Files.writeString(folder.resolve("config.json"), "{\"model_type\": \"%s\"}".formatted(modelType));
        for (ObjectNode one : List.of(config, unnamed)) {
            SpecialTokens tokens = SpecialTokens.of(folder, one);
            assertThat(tokens.begin()).isEqualTo(Optional.ofNullable(begin));
            assertThat(tokens.end()).isEqualTo(Optional.ofNullable(end));
            assertThat(tokens.addsBegin()).isEqualTo(addsBegin);
        }
    }

    @Test
    void special_tokens_are_read_where_they_are_named() throws IOException {
        Files.writeString(
                folder.resolve("special_tokens_map.json"),
                "{\"bos_token\": {\"content\": \"<b>\"}, \"additional_special_tokens\": [\"<x>\", {\"content\": \"<y>\"}, 3]}");
        ObjectNode config = JsonNodeFactory.instance.objectNode().put("tokenizer_class", "T5Tokenizer");
        config.putObject("extra_special_tokens").put("image_token", "<i>").putNull("none");
        SpecialTokens tokens = SpecialTokens.of(folder, config);
        assertThat(tokens.begin()).contains("<b>");
        assertThat(tokens.values())
                .containsEntry("additional_special_tokens", List.of("<x>", "<y>"))
                .containsEntry("image_token", "<i>")
                .doesNotContainKey("none");
        config.putObject("added_tokens_decoder"); // newer, so the map isn't read
        assertThat(SpecialTokens.of(folder, config).begin()).isEmpty();
    }

    @Test
    void the_length_that_the_model_was_made_for() throws IOException {
        for (String config : List.of("{}", "{\"model_max_length\": 1e30}", "{\"model_max_length\": 77}")) {
            Files.writeString(folder.resolve("tokenizer_config.json"), config);
            try (Tokenizer tokenizer = Tokenizer.open(folder)) {
                assertThat(tokenizer.isLimited()).as(config).isEqualTo(config.contains("77"));
                if (tokenizer.isLimited()) assertThat(tokenizer.maxLength()).isEqualTo(77);
            }
        }
    }
}
