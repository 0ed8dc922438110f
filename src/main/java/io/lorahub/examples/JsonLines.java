package io.lorahub.examples;

import com.fasterxml.jackson.core.JsonProcessingException;
import io.lorahub.engine.learning.Example;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** JSONL: one object a line; blank lines do not matter. */
final class JsonLines {

    private JsonLines() {}

    static List<Example> parse(Path file, String text) {
        List<Example> examples = new ArrayList<>();
        long number = 0;
        for (String line : text.split("\\r\\n|\\n|\\r", -1)) {
            number++;
            if (!line.isBlank()) examples.add(example(file, number, line));
        }
        return examples;
    }

    private static Example example(Path file, long number, String line) {
        try {
            return JsonObjects.example(file, number, JsonObjects.JSON.readTree(line));
        } catch (JsonProcessingException e) {
            throw JsonObjects.broken(file, number - 1, e);
        }
    }
}
