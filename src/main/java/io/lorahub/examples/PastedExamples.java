package io.lorahub.examples;

import io.lorahub.engine.learning.Example;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/**
 * Examples that somebody pasted: rows of a table as spreadsheets copy them (tab-separated, quotes around texts with line
 * breaks), CSV with or without a header, JSONL, or a JSON array.
 */
public final class PastedExamples {

    private static final String BYTE_ORDER_MARK = "\uFEFF";

    private PastedExamples() {}

    /**
     * In the order of the text; none where it is blank.
     *
     * @throws ExamplesException for the first row that cannot be read
     */
    public static List<Example> parse(String source, String text) {
        Pasted pasted = read(source, text);
        if (!pasted.faults().isEmpty())
            throw new ExamplesException(pasted.faults().get(0));
        return pasted.examples();
    }

    /**
     * Everything that the text holds, with what is wrong in it.
     *
     * @param source how messages call the text, such as {@code Pasted rows}
     */
    public static Pasted read(String source, String pasted) {
        String text = pasted.startsWith(BYTE_ORDER_MARK) ? pasted.substring(1) : pasted;
        if (text.isBlank()) return Pasted.NOTHING;
        Path name = Path.of(source);
        String start = text.stripLeading();
        if (start.startsWith("{") || start.matches("(?s)\\[\\s*\\{.*")) {
            Findings found = JsonExamples.read(name, text);
            return new Pasted(found.examples(), found.faults(), List.of(), List.of());
        }
        return new PastedTable(name).read(text);
    }

    /** A text that {@link #parse} reads as the same examples: rows with tabs where that is possible, else JSONL. */
    public static String write(List<Example> examples) {
        boolean rows = examples.stream()
                        .allMatch(e -> isPlain(e.input())
                                && isPlain(e.output())
                                && !e.input().matches("[{\\[].*"))
                && (examples.isEmpty() || !isHeader(examples.get(0)));
        return examples.stream()
                .map(e -> rows ? e.input() + "\t" + e.output() : json(e))
                .collect(Collectors.joining("\n"));
    }

    private static boolean isHeader(Example first) {
        return Fields.among(List.of(
                        first.input().toLowerCase(Locale.ROOT), first.output().toLowerCase(Locale.ROOT)))
                .isPresent();
    }

    private static boolean isPlain(String text) {
        return !text.isEmpty()
                && !text.startsWith(BYTE_ORDER_MARK)
                && text.equals(text.strip())
                && text.chars().noneMatch(c -> c < ' ' || c == '"');
    }

    private static String json(Example example) {
        return JsonExamples.JSON
                .createObjectNode()
                .put("input", example.input())
                .put("output", example.output())
                .toString();
    }
}
