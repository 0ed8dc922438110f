package io.lorahub.examples;

import com.fasterxml.jackson.core.JsonProcessingException;
import io.lorahub.engine.learning.Example;
import java.nio.file.Path;
import java.util.List;

/** JSONL: one object a line; blank lines do not matter. */
final class JsonLines {

    private JsonLines() {}

    static List<Example> parse(Path file, String text) {
        return read(file, text).orThrow();
    }

    static Findings read(Path file, String text) {
        Findings found = new Findings();
        long number = 0;
        for (String line : text.split("\\r\\n|\\n|\\r", -1)) {
            long place = ++number;
            if (!line.isBlank()) found.take(() -> example(file, place, line));
        }
        return found;
    }

    private static Example example(Path file, long number, String line) {
        try {
            return JsonObjects.example(file, number, JsonObjects.JSON.readTree(line));
        } catch (JsonProcessingException e) {
            throw JsonObjects.broken(file, number - 1, e);
        }
    }
}
