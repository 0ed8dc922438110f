package io.lorahub.adapter.page;

import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Names of a model's blocks, shortened for people and sorted in the order in which data flows through the model. */
final class BlockNames {

    private static final Pattern T5 =
            Pattern.compile("(encoder|decoder)\\.block\\.(\\d+)\\.layer\\.\\d+\\.(SelfAttention|EncDecAttention|.*)");
    private static final Pattern DIGITS = Pattern.compile("\\d{1,9}");

    /** Encoders first, then by name with numeric order, so that 10 follows 9. */
    static final Comparator<String> ORDER = Comparator.comparing((String block) -> !block.startsWith("encoder"))
            .thenComparing(block ->
                    DIGITS.matcher(block).replaceAll(digits -> "%09d".formatted(Integer.parseInt(digits.group()))));

    private final int common;

    /** For blocks shown together: all but the last of their common leading parts are omitted. */
    BlockNames(Collection<String> blocks) {
        common = Math.max(0, commonParts(blocks) - 1);
    }

    /** Shortens a name: {@code encoder.block.0.layer.0.SelfAttention} becomes {@code encoder.0 self}. */
    String brief(String block) {
        Matcher t5 = T5.matcher(block);
        if (t5.matches()) return t5.group(1) + "." + t5.group(2) + " " + sublayer(t5.group(3));
        List<String> parts = List.of(block.split("\\."));
        return String.join(".", parts.subList(Math.min(common, parts.size() - 1), parts.size()));
    }

    private static String sublayer(String name) {
        return switch (name) {
            case "SelfAttention" -> "self";
            case "EncDecAttention" -> "cross";
            case "DenseReluDense" -> "feed-forward";
            default -> name;
        };
    }

    private static int commonParts(Collection<String> blocks) {
        String[] first = null;
        int common = 0;
        for (String block : blocks) {
            String[] parts = block.split("\\.");
            if (first == null) {
                first = parts;
                common = parts.length;
            } else {
                int mismatch = Arrays.mismatch(first, 0, common, parts, 0, Math.min(common, parts.length));
                if (mismatch >= 0) common = mismatch;
            }
        }
        return common;
    }
}
