package io.lorahub.examples;

import io.lorahub.engine.learning.Example;
import java.io.IOException;
import java.io.StringReader;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVParser;
import org.apache.commons.csv.CSVRecord;

/**
 * Examples that somebody pasted: rows of a table as spreadsheets copy them (tab-separated, quotes around texts with line
 * breaks), CSV with or without a header, JSONL, or a JSON array.
 */
public final class PastedExamples {

    private static final CSVFormat TABS = CSVFormat.TDF
            .builder()
            .setIgnoreSurroundingSpaces(false)
            .setIgnoreEmptyLines(true)
            .get();
    private static final CSVFormat COMMAS =
            CSVFormat.RFC4180.builder().setIgnoreEmptyLines(true).get();

    private PastedExamples() {}

    /**
     * In the order of the text; none where it is blank.
     *
     * @param source how messages call the text, such as {@code Pasted rows}
     */
    public static List<Example> parse(String source, String text) {
        if (text.isBlank()) return List.of();
        Path name = Path.of(source);
        String start = text.stripLeading();
        if (start.startsWith("{") || start.startsWith("[{") || start.matches("(?s)\\[\\s*\\{.*")) {
            return JsonExamples.isOneValue(text) ? JsonExamples.parse(name, text) : JsonLines.parse(name, text);
        }
        return rows(name, text, text.indexOf('\t') >= 0 ? TABS : COMMAS);
    }

    private static List<Example> rows(Path name, String text, CSVFormat format) {
        List<Example> examples = new ArrayList<>();
        long line = 1;
        try (CSVParser parser = CSVParser.parse(new StringReader(text), format)) {
            Optional<Columns> columns = Optional.empty();
            for (CSVRecord record : parser) {
                if (columns.isEmpty()) {
                    columns = Columns.named(record);
                    if (columns.isPresent()) {
                        line = parser.getCurrentLineNumber() + 1;
                        continue;
                    }
                    columns = Optional.of(new Columns(0, 1));
                }
                examples.add(columns.get().example(name, line, record));
                line = parser.getCurrentLineNumber() + 1;
            }
        } catch (IOException | UncheckedIOException e) {
            throw new ExamplesException(name, line, "this row cannot be read; a quotation mark may be left open.");
        }
        return examples;
    }

    /** Where the two texts stand in a row. */
    private record Columns(int input, int output) {

        /** Empty where the first row is no header. */
        static Optional<Columns> named(CSVRecord first) {
            List<String> names = first.toList().stream()
                    .map(name -> name.strip().toLowerCase(java.util.Locale.ROOT))
                    .toList();
            return Fields.among(names)
                    .map(fields -> new Columns(names.indexOf(fields.input()), names.indexOf(fields.output())));
        }

        Example example(Path name, long line, CSVRecord record) {
            if (record.size() <= Math.max(input, output)) {
                throw new ExamplesException(
                        name, line, "a row needs an input and an output, with a tab or a comma between them.");
            }
            if (input == 0 && output == 1 && record.size() > 2) {
                throw new ExamplesException(
                        name,
                        line,
                        "there are %d values instead of two; put texts with commas in quotes."
                                .formatted(record.size()));
            }
            return Fields.example(record.get(input), record.get(output))
                    .orElseThrow(() -> new ExamplesException(name, line, "the output is empty."));
        }
    }

    /** A text that {@link #parse} reads as the same examples: rows with tabs where that is possible, else JSONL. */
    public static String write(List<Example> examples) {
        boolean rows = examples.stream()
                .allMatch(e -> isPlain(e.input())
                        && isPlain(e.output())
                        && !e.input().stripLeading().startsWith("{"));
        return examples.stream()
                .map(e -> rows ? e.input() + "\t" + e.output() : json(e))
                .collect(Collectors.joining("\n"));
    }

    private static boolean isPlain(String text) {
        return !text.isEmpty() && text.equals(text.strip()) && text.chars().noneMatch(c -> c < ' ' || c == '"');
    }

    private static String json(Example example) {
        return JsonObjects.JSON
                .createObjectNode()
                .put("input", example.input())
                .put("output", example.output())
                .toString();
    }
}
