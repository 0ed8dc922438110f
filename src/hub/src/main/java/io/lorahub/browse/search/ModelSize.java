package io.lorahub.browse.search;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * Sizes of base models for filtering. The bounds lie between the sizes that are common, such as 135M, 0.5B, 1.1B, 1.5B, 3B, 7B,
 * 8B and 14B.
 */
public enum ModelSize {
    TINY("under 300M", 300_000_000L),
    SMALL("300M-1B", 1_000_000_000L),
    MEDIUM("1-2B", 2_000_000_000L),
    LARGE("2-5B", 5_000_000_000L),
    LARGER("5-10B", 10_000_000_000L),
    LARGEST("over 10B", Long.MAX_VALUE);

    /** Its name in addresses and on pages. */
    private final String label;

    /** It holds models with fewer parameters than this. */
    private final long bound;

    ModelSize(String label, long bound) {
        this.label = label;
        this.bound = bound;
    }

    public String label() {
        return label;
    }

    static ModelSize of(long parameters) {
        return Arrays.stream(values())
                .filter(size -> parameters < size.bound)
                .findFirst()
                .orElse(LARGEST);
    }

    /** @param label in any case */
    public static Optional<ModelSize> labelled(String label) {
        return Arrays.stream(values())
                .filter(size -> size.label.equalsIgnoreCase(label))
                .findFirst();
    }

    static List<String> labels() {
        return Arrays.stream(values()).map(ModelSize::label).toList();
    }
}
