package io.lorahub.engine.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.lorahub.engine.error.EngineException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

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
}
