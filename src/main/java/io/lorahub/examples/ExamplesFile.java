package io.lorahub.examples;

import io.lorahub.engine.EngineException;
import io.lorahub.engine.learning.Example;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/**
 * A file of examples: JSONL with one object a line, a JSON array or {@code {"examples": […]}} as BIG-Bench Hard has it,
 * or CSV with a header. The name's ending says which; where it does not, the first character does. The fields are those
 * of {@link Fields}.
 */
public final class ExamplesFile {

    static final long LARGEST = 64L << 20;

    private static final char BYTE_ORDER_MARK = '\uFEFF';

    private ExamplesFile() {}

    /** In the order of the file, "-" being standard input; throws {@link ExamplesException} where there is none. */
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
        if (text.isBlank()) throw new ExamplesException(file, "the file is empty; it should hold examples.");
        List<Example> examples = isCsv(file, text)
                ? CsvExamples.parse(file, text)
                : JsonExamples.read(file, text).orThrow();
        if (examples.isEmpty()) throw new ExamplesException(file, "there is no example in the file.");
        return examples;
    }

    private static boolean isCsv(Path file, String text) {
        String name = file.getFileName().toString().toLowerCase(Locale.ROOT);
        if (name.matches(".*\\.(csv|tsv)")) return true;
        return !name.matches(".*\\.(json|jsonl|ndjson)")
                && !text.stripLeading().startsWith("{")
                && !text.stripLeading().startsWith("[");
    }

    private static String text(Path file) {
        if (!Files.exists(file)) throw new ExamplesException(file, "there is no such file.");
        if (Files.isDirectory(file)) {
            throw new ExamplesException(file, "this is a folder; name a file of examples (JSONL, JSON or CSV).");
        }
        // a device has no size
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
