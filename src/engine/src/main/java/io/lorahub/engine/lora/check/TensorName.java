package io.lorahub.engine.lora.check;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The name of a tensor in an adapter's file: {@code base_model.model.<module>.lora_A.weight}, sometimes with the
 * adapter's name inside ({@code lora_A.default.weight}).
 */
public record TensorName(String module, Part part) {

    public enum Part {
        A,
        B,
        BIAS,
        EMBEDDING_A,
        EMBEDDING_B
    }

    // possessive and without nesting, so that a hostile name costs only linear time
    private static final Pattern LINEAR = Pattern.compile("lora_([AB])(?:\\.[^.]++)?\\.(weight|bias)");
    private static final Pattern EMBEDDING = Pattern.compile("lora_embedding_([AB])(?:\\.[^.]++)?");
    private static final String PREFIX = "base_model.model.";

    static Optional<TensorName> parse(String name) {
        if (!name.startsWith(PREFIX)) return Optional.empty();
        String inner = name.substring(PREFIX.length());
        int start = inner.lastIndexOf(".lora_");
        if (start < 1) return Optional.empty();
        return partOf(inner.substring(start + 1)).map(p -> new TensorName(inner.substring(0, start), p));
    }

    private static Optional<Part> partOf(String suffix) {
        Matcher linear = LINEAR.matcher(suffix);
        if (linear.matches()) {
            boolean isA = linear.group(1).equals("A");
            if (linear.group(2).equals("bias")) return isA ? Optional.empty() : Optional.of(Part.BIAS);
            return Optional.of(isA ? Part.A : Part.B);
        }
        Matcher embedding = EMBEDDING.matcher(suffix);
        if (!embedding.matches()) return Optional.empty();
        return Optional.of(embedding.group(1).equals("A") ? Part.EMBEDDING_A : Part.EMBEDDING_B);
    }

    /** Returns the name as PEFT writes it. */
    public static String of(String module, Part part) {
        return PREFIX
                + module
                + switch (part) {
                    case A -> ".lora_A.weight";
                    case B -> ".lora_B.weight";
                    case BIAS -> ".lora_B.bias";
                    case EMBEDDING_A -> ".lora_embedding_A";
                    case EMBEDDING_B -> ".lora_embedding_B";
                };
    }
}
