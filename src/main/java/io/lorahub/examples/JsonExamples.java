package io.lorahub.examples;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectReader;
import io.lorahub.engine.learning.Example;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;

/** A file that is one JSON value: an array of examples, or an object that holds such an array as "examples". */
final class JsonExamples {

    /** More follows after an element of a list. */
    private static final ObjectReader ELEMENT =
            JsonObjects.JSON.reader().without(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);

    private JsonExamples() {}

    /** Whether the file is one array or one object that spans lines, rather than one object a line. */
    static boolean isOneValue(String text) {
        String start = text.stripLeading();
        if (start.startsWith("[")) return true;
        if (!start.startsWith("{")) return false;
        String firstLine = start.lines().findFirst().orElse("").strip();
        return firstLine.matches("\\{\\s*\"(canary|examples)\".*|.*[{\\[,]");
    }

    static List<Example> parse(Path file, String text) {
        return read(file, text).orThrow();
    }

    static Findings read(Path file, String text) {
        Findings found = new Findings();
        try (JsonParser parser = JsonObjects.JSON.createParser(text)) {
            toArray(file, parser);
            while (parser.nextToken() != JsonToken.END_ARRAY) {
                long line = JsonObjects.line(parser);
                JsonNode node = ELEMENT.readTree(parser);
                found.take(() -> JsonObjects.example(file, line, node));
            }
            while (parser.nextToken() != null) {
                // what follows must be JSON too, or the file was cut or mixed up
            }
        } catch (JsonProcessingException e) {
            found.fault(JsonObjects.broken(file, 0, e));
        } catch (ExamplesException e) {
            found.fault(e);
        } catch (IOException e) {
            throw new UncheckedIOException("a text in memory can be read", e);
        }
        return found;
    }

    private static void toArray(Path file, JsonParser parser) throws IOException {
        if (parser.nextToken() == JsonToken.START_ARRAY) return;
        while (parser.nextToken() == JsonToken.FIELD_NAME) {
            boolean found = parser.currentName().equals("examples");
            JsonToken value = parser.nextToken();
            if (found && value == JsonToken.START_ARRAY) return;
            parser.skipChildren();
        }
        throw new ExamplesException(
                file, "the object holds no list \"examples\"; write one example a line, or a list of them.");
    }
}
