package io.lorahub.engine.tokenizer;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.lorahub.engine.error.EngineException;
import io.lorahub.testsupport.Checkout;
import io.lorahub.testsupport.hostile.ForeignBytes;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.provider.MethodSource;

class TokenizerFuzzTest {

    private static final Path PROMPTS = Checkout.path("src/engine/src/test/resources/prompts");

    @TempDir
    Path folder;

    @BeforeEach
    void write() throws IOException {
        Files.write(folder.resolve("tokenizer.json"), bytes("llama-class", "tokenizer.json"));
    }

    /** Of a few words each. */
    static Stream<byte[]> tokenizers() {
        return ForeignBytes.seeds(
                "{\"version\": \"1.0\", \"added_tokens\": [], \"model\": {\"type\": \"WordLevel\", \"unk_token\":"
                        + " \"<unk>\", \"vocab\": {\"<pad>\": 0, \"</s>\": 1, \"<unk>\": 2}}}",
                "{\"pre_tokenizer\":{\"type\":\"ByteLevel\",\"add_prefix_space\":true,\"trim_offsets\":true},"
                        + "\"decoder\":{\"type\":\"ByteLevel\"},\"model\":{\"type\":\"BPE\","
                        + "\"vocab\":{\"a\":0,\"\\u0120\":1,\"\\u0120a\":2},\"merges\":[\"\\u0120 a\"]}}",
                "{\"added_tokens\":[{\"id\":0,\"content\":\"<unk>\",\"special\":true}],\"model\":{\"type\":\"Unigram\",\"unk_id\":0,"
                        + "\"vocab\":[[\"<unk>\",0.0],[\"\\u2581a\",-1.5]]}}");
    }

    static Stream<byte[]> configurations() {
        return Stream.of("gemma-class", "llama-class", "neox-class", "qwen-class")
                .map(name -> bytes(name, "tokenizer_config.json"));
    }

    private static byte[] bytes(String folder, String name) {
        try {
            return Files.readAllBytes(PROMPTS.resolve(folder).resolve(name));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @MethodSource("tokenizers")
    @FuzzTest
    void any_tokenizer(byte[] json) throws Exception {
        ForeignBytes.file(folder.resolve("tokenizer.json"), json);
        read();
    }

    @MethodSource("configurations")
    @FuzzTest
    void any_configuration(byte[] json) throws Exception {
        ForeignBytes.file(folder.resolve("tokenizer_config.json"), json);
        read();
    }

    private void read() throws Exception {
        ForeignBytes.read(
                32,
                () -> {
                    try (Tokenizer tokenizer = Tokenizer.open(folder)) {
                        tokenizer.decode(tokenizer.encode("a \ud83d\ude00 <unk>"));
                        tokenizer.specialTokens();
                        tokenizer.maxLength();
                    }
                },
                EngineException.class);
    }
}
