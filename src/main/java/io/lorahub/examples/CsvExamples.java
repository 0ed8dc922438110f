package io.lorahub.examples;

import io.lorahub.engine.learning.Example;
import java.io.IOException;
import java.io.StringReader;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.apache.commons.csv.CSVException;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVParser;
import org.apache.commons.csv.CSVRecord;
import org.apache.commons.csv.DuplicateHeaderMode;

/**
 * CSV as RFC 4180 has it, with a header that names the columns. Tabs or semicolons, as spreadsheets write them, separate
 * the values where the header has its names only then.
 */
final class CsvExamples {

    private static final CSVFormat FORMAT = CSVFormat.RFC4180
            .builder()
            .setHeader()
            .setSkipHeaderRecord(true)
            .setIgnoreEmptyLines(true)
            .setDuplicateHeaderMode(DuplicateHeaderMode.DISALLOW)
            .setAllowMissingColumnNames(true)
            .get();

    private static final List<Character> SEPARATORS = List.of(',', '\t', ';');

    private CsvExamples() {}

    static List<Example> parse(Path file, String text) {
        long line = 1;
        try (CSVParser parser = parser(text, separator(text))) {
            Fields fields = fields(file, parser);
            List<Example> examples = new ArrayList<>();
            line = parser.getCurrentLineNumber() + 1;
            for (CSVRecord record : parser) {
                examples.add(example(file, line, fields, record));
                line = parser.getCurrentLineNumber() + 1;
            }
            return examples;
        } catch (UncheckedIOException | CSVException e) {
            Throwable cause = e instanceof UncheckedIOException unchecked ? unchecked.getCause() : e;
            String why = String.valueOf(cause.getMessage());
            String reason = why.contains("EOF reached") ? "a quotation mark is opened and never closed" : why;
            throw new ExamplesException(file, line, "this isn't valid CSV: %s.".formatted(reason));
        } catch (IllegalArgumentException e) {
            throw new ExamplesException(file, 1, "the header cannot be used: two of its columns have the same name.");
        } catch (IOException e) {
            throw new UncheckedIOException("a text in memory can be read", e);
        }
    }

    private static CSVParser parser(String text, char separator) throws IOException {
        return CSVParser.parse(
                new StringReader(text), FORMAT.builder().setDelimiter(separator).get());
    }

    private static char separator(String text) {
        return SEPARATORS.stream()
                .filter(separator -> {
                    try (CSVParser parser = parser(text, separator)) {
                        return Fields.among(names(parser)).isPresent();
                    } catch (IOException | UncheckedIOException | IllegalArgumentException e) {
                        return false;
                    }
                })
                .findFirst()
                .orElse(',');
    }

    private static List<String> names(CSVParser parser) {
        return parser.getHeaderNames().stream()
                .map(name -> name.strip().toLowerCase(Locale.ROOT))
                .toList();
    }

    private static Fields fields(Path file, CSVParser parser) {
        List<String> names = parser.getHeaderNames();
        return Fields.among(names(parser))
                .orElseThrow(() -> new ExamplesException(
                        file,
                        1,
                        "the header needs the columns %s; it has %s."
                                .formatted(Fields.WANTED, String.join(", ", names))));
    }

    private static Example example(Path file, long line, Fields fields, CSVRecord record) {
        if (!record.isConsistent()) {
            throw new ExamplesException(
                    file,
                    line,
                    "there are %d values for the %d columns of the header; put texts with commas in quotes."
                            .formatted(
                                    record.size(),
                                    record.getParser().getHeaderNames().size()));
        }
        List<String> names = names(record.getParser());
        return Fields.example(
                        fields.input(field -> record.get(names.indexOf(field))),
                        record.get(names.indexOf(fields.output())))
                .orElseThrow(() -> new ExamplesException(file, line, "\"%s\" is empty.".formatted(fields.output())));
    }
}
