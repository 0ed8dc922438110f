package io.lorahub.examples;

import io.lorahub.engine.learning.Example;
import java.io.IOException;
import java.io.StringReader;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVParser;
import org.apache.commons.csv.CSVRecord;

/**
 * Reads pasted examples: rows of a table as spreadsheets copy them (tab-separated, quotes around texts with line
 * breaks), CSV with or without a header, JSONL, or a JSON array.
 */
public final class PastedExamples {

    /** More than a run can have, held-out ones included. */
    public static final int MOST_ROWS = 5_000;

    private static final String BYTE_ORDER_MARK = "\uFEFF";

    private static final CSVFormat TABS = CSVFormat.TDF
            .builder()
            .setIgnoreSurroundingSpaces(false)
            .setIgnoreEmptyLines(true)
            .get();
    private static final CSVFormat COMMAS =
            CSVFormat.RFC4180.builder().setIgnoreEmptyLines(true).get();
    private static final CSVFormat SEMICOLONS =
            COMMAS.builder().setDelimiter(';').get();

    private PastedExamples() {}

    /**
     * The examples in the order of the text; empty if it is blank.
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
     * Reads the whole text, including its errors.
     *
     * @param source name of the text in messages, such as {@code Pasted rows}
     */
    public static Pasted read(String source, String pasted) {
        String text = pasted.startsWith(BYTE_ORDER_MARK) ? pasted.substring(1) : pasted;
        if (text.isBlank()) return Pasted.NOTHING;
        Path name = Path.of(source);
        String start = text.stripLeading();
        try {
            if (start.startsWith("{") || start.matches("(?s)\\[\\s*\\{.*")) {
                Findings findings = JsonExamples.read(name, text, MOST_ROWS);
                return new Pasted(findings.examples(), findings.faults(), List.of(), List.of());
            }
            return table(name, text);
        } catch (ExamplesException e) { // there are too many
            return new Pasted(List.of(), List.of(e.getMessage()), List.of(), List.of());
        }
    }

    /** A text that {@link #parse} reads as the same examples: tab-separated rows if possible, else JSONL. */
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

    /**
     * Reads rows of two texts separated by a tab, a comma or a semicolon, which spreadsheets write in CSV if the comma
     * is the decimal separator; the first row may name the columns.
     */
    private static Pasted table(Path name, String text) {
        Findings findings = new Findings(MOST_ROWS);
        Columns columns = null;
        long line = 1;
        boolean tabs = hasTabs(text);
        try (CSVParser parser = CSVParser.parse(new StringReader(text), format(text))) {
            for (CSVRecord record : parser) {
                if (record.stream().allMatch(String::isBlank)) { // as spreadsheets write a row that was cleared
                    line = parser.getCurrentLineNumber() + 1;
                    continue;
                }
                Columns named = columns == null ? Columns.named(record).orElse(null) : null;
                if (columns == null) columns = named == null ? Columns.UNNAMED : named;
                if (named == null) {
                    Columns where = columns;
                    long place = line;
                    findings.take(() -> where.example(name, place, record, tabs));
                }
                line = parser.getCurrentLineNumber() + 1;
            }
        } catch (IOException | UncheckedIOException e) {
            findings.fault(
                    new ExamplesException(name, line, "this row cannot be read; a quotation mark may be left open."));
        }
        List<String> header = columns == null ? List.of() : columns.header;
        return new Pasted(
                findings.examples(), findings.faults(), header, columns == null ? List.of() : columns.leftOut());
    }

    /** The separator whose columns the first row names, or else the one that splits every row in two. */
    private static CSVFormat format(String text) {
        if (hasTabs(text)) return TABS;
        for (CSVFormat format : List.of(COMMAS, SEMICOLONS)) if (hasHeader(text, format)) return format;
        boolean commas = allRows(text, COMMAS, row -> Columns.used(row) == 2);
        boolean semicolons = allRows(text, SEMICOLONS, row -> Columns.used(row) == 2);
        if (!commas || !semicolons) return semicolons ? SEMICOLONS : COMMAS;
        // commas within sentences are followed by a space
        return allRows(text, COMMAS, row -> row.get(1).startsWith(" ")) ? SEMICOLONS : COMMAS;
    }

    private static boolean hasHeader(String text, CSVFormat format) {
        try (CSVParser parser = CSVParser.parse(new StringReader(text), format)) {
            Iterator<CSVRecord> rows = parser.iterator();
            return rows.hasNext() && Columns.named(rows.next()).isPresent();
        } catch (IOException | UncheckedIOException e) {
            return false;
        }
    }

    private static boolean allRows(String text, CSVFormat format, Predicate<CSVRecord> are) {
        try (CSVParser parser = CSVParser.parse(new StringReader(text), format)) {
            return parser.stream().allMatch(are);
        } catch (IOException | UncheckedIOException e) {
            return false;
        }
    }

    /** Whether a tab separates texts; one within quotes belongs to a text. */
    private static boolean hasTabs(String text) {
        boolean quoted = false;
        boolean begins = true;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '"' && (quoted || begins)) quoted = !quoted;
            else if (c == '\t' && !quoted) return true;
            // a second quote directly after the closing one is a literal quote and reopens the text
            begins = c == ',' || c == '\n' || c == '\r' || c == '"';
        }
        return false;
    }

    /**
     * The columns of the two texts in a row.
     *
     * @param fields names of the columns to read; of unnamed columns, the first two are read
     * @param names  names of all columns, in lower case
     * @param header names as written; empty if the columns have none
     */
    private record Columns(Fields fields, List<String> names, List<String> header) {

        static final Columns UNNAMED =
                new Columns(new Fields(Optional.empty(), "input", "output"), List.of("input", "output"), List.of());

        /** The columns named by a header; empty if the first row is not one. */
        static Optional<Columns> named(CSVRecord first) {
            List<String> names = first.toList().stream()
                    .map(name -> name.strip().toLowerCase(Locale.ROOT))
                    .toList();
            return Fields.among(names).map(fields -> new Columns(fields, names, first.toList()));
        }

        List<String> leftOut() {
            return IntStream.range(0, header.size())
                    .filter(i -> !fields.all().contains(names.get(i)))
                    .mapToObj(header::get)
                    .filter(name -> !name.isBlank())
                    .toList();
        }

        Example example(Path name, long line, CSVRecord record, boolean tabs) {
            if (fields.all().stream().mapToInt(names::indexOf).max().getAsInt() >= record.size()) {
                throw new ExamplesException(
                        name,
                        line,
                        "a row needs an input and an output, with a tab, a comma or a semicolon between them.");
            }
            int width = header.isEmpty() ? 2 : header.size();
            if (used(record) > width) {
                throw new ExamplesException(
                        name,
                        line,
                        "there are %d values instead of %s; %s."
                                .formatted(
                                        record.size(),
                                        width == 2 ? "two" : Integer.toString(width),
                                        tabs ? "keep one tab, between them" : "put texts with commas in quotes"));
            }
            return Fields.example(
                            fields.input(field -> record.get(names.indexOf(field))),
                            record.get(names.indexOf(fields.output())))
                    .orElseThrow(() -> new ExamplesException(name, line, "the output is empty."));
        }

        /** Number of cells without empty ones at the end, which spreadsheets also copy. */
        private static int used(CSVRecord record) {
            int used = record.size();
            while (used > 2 && record.get(used - 1).isEmpty()) used--;
            return used;
        }
    }
}
