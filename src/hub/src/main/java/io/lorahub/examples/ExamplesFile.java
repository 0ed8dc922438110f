package io.lorahub.examples;

import io.lorahub.engine.error.EngineException;
import io.lorahub.engine.learning.Example;
import java.io.IOException;
import java.io.InputStream;
import java.io.StringReader;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
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
 * A file of examples: JSONL with one object per line, a JSON array or BIG-Bench Hard's {@code {"examples": […]}}, or
 * CSV (RFC 4180) with a header that names the columns. The file name extension determines the format, else the first
 * character does. {@link Fields} lists the field names.
 */
public final class ExamplesFile {

    static final long LARGEST = 64L << 20;

    private static final char BYTE_ORDER_MARK = '\uFEFF';

    private static final CSVFormat FORMAT = CSVFormat.RFC4180
            .builder()
            .setHeader()
            .setSkipHeaderRecord(true)
            .setIgnoreEmptyLines(true)
            .setDuplicateHeaderMode(DuplicateHeaderMode.DISALLOW)
            .setAllowMissingColumnNames(true)
            .get();

    private static final List<Character> SEPARATORS = List.of(',', '\t', ';');

    private ExamplesFile() {}

    /**
     * The examples in the order of the file, "-" being standard input; throws {@link ExamplesException} if there are
     * none.
     */
    public static List<Example> read(Path file) {
        if (!file.equals(Path.of("-"))) return parse(file, text(file));
        Path name = Path.of("standard input");
        try {
            return parse(name, text(name, System.in));
        } catch (IOException e) {
            throw new ExamplesException(name, "it cannot be read: %s.".formatted(EngineException.reason(e)));
        }
    }

    private static List<Example> parse(Path file, String text) {
        if (text.isBlank()) throw new ExamplesException(file, "the file is empty; it should contain examples.");
        List<Example> examples = isCsv(file, text)
                ? csv(file, text)
                : JsonExamples.read(file, text, Integer.MAX_VALUE).orThrow();
        if (examples.isEmpty()) throw new ExamplesException(file, "the file contains no examples.");
        return examples;
    }

    private static boolean isCsv(Path file, String text) {
        String name = file.getFileName().toString().toLowerCase(Locale.ROOT);
        if (name.matches(".*\\.(csv|tsv)")) return true;
        return !name.matches(".*\\.(json|jsonl|ndjson)")
                && !text.stripLeading().startsWith("{")
                && !text.stripLeading().startsWith("[");
    }

    /**
     * Reads CSV. Tabs or semicolons, as spreadsheets write them, are separators only if the header's names are then
     * found.
     */
    private static List<Example> csv(Path file, String text) {
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

    private static String text(Path file) {
        if (!Files.exists(file)) throw new ExamplesException(file, "there is no such file.");
        if (Files.isDirectory(file)) {
            throw new ExamplesException(file, "this is a folder; name a file of examples (JSONL, JSON or CSV).");
        }
        // a device reports no size
        try (InputStream in = Files.newInputStream(file)) {
            if (Files.size(file) > LARGEST) {
                throw new ExamplesException(
                        file,
                        "the file has %,d bytes, more than the %d MB that are read."
                                .formatted(Files.size(file), LARGEST >> 20));
            }
            return text(file, in);
        } catch (IOException e) {
            throw new ExamplesException(file, "the file cannot be read: %s.".formatted(EngineException.reason(e)));
        }
    }

    private static String text(Path file, InputStream in) throws IOException {
        byte[] bytes = in.readNBytes((int) LARGEST + 1);
        if (bytes.length > LARGEST) {
            throw new ExamplesException(file, "there are more than the %d MB that are read.".formatted(LARGEST >> 20));
        }
        return decoded(file, bytes);
    }

    private static String decoded(Path file, byte[] bytes) {
        ByteBuffer in = ByteBuffer.wrap(bytes);
        try {
            CharBuffer text = StandardCharsets.UTF_8.newDecoder().decode(in);
            return text.length() > 0 && text.charAt(0) == BYTE_ORDER_MARK
                    ? text.subSequence(1, text.length()).toString()
                    : text.toString();
        } catch (CharacterCodingException e) {
            long line = 1;
            for (int i = 0; i < in.position(); i++) {
                if (bytes[i] == '\n') line++;
            }
            throw new ExamplesException(file, line, "this is not UTF-8 text.");
        }
    }
}
