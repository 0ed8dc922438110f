package io.lorahub.engine.model.family;

import io.lorahub.engine.error.EngineException;
import java.util.Arrays;
import java.util.Set;
import java.util.stream.Collectors;

/** The activation functions of feed-forward layers, in the order of their codes in the programs. */
enum Activation {
    RELU("relu"),
    GELU_TANH("gelu_new", "gelu_pytorch_tanh", "gelu_fast"),
    GELU("gelu", "gelu_python"),
    SILU("silu", "swish");

    private final Set<String> names;

    Activation(String... names) {
        this.names = Set.of(names);
    }

    /**
     * @param name transformers' name
     * @param key  key in config.json, for the message
     */
    static Activation named(String name, String key) {
        return Arrays.stream(values())
                .filter(a -> a.names.contains(name))
                .findFirst()
                .orElseThrow(
                        () -> new EngineException("The activation \"%s\" (%s in config.json) is not supported; %s are."
                                .formatted(name, key, known())));
    }

    private static String known() {
        return Arrays.stream(values()).flatMap(a -> a.names.stream().sorted()).collect(Collectors.joining(", "));
    }

    long code() {
        return ordinal();
    }
}
