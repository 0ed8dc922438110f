package io.lorahub.engine.model;

import io.lorahub.testsupport.Reference;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What transformers 4.57.6 and PEFT 0.21.2 compute with decoder-only models, see reference/make_causal.py. */
class CausalParityTest {

    private static final CausalReference REFERENCE = CausalReference.in(Reference.path(""));

    static Stream<String> models() {
        return REFERENCE.names();
    }

    @ParameterizedTest
    @MethodSource("models")
    void losses_gradients_and_texts_are_those_of_the_reference(String name) {
        REFERENCE.compare(name);
    }
}
