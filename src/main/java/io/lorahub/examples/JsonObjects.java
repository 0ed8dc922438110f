package io.lorahub.examples;

import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.lorahub.engine.JsonFault;
import io.lorahub.engine.learning.Example;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** One example as a JSON object. */
final class JsonObjects {

    /** A key that comes twice is an error, and so is anything after the value. */
    static final JsonMapper JSON = JsonMapper.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .disable(StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION)
            .build();

    private JsonObjects() {}

    static Example example(Path file, long line, JsonNode node) {
        if (!node.isObject()) {
            throw new ExamplesException(
                    file, line, "an example must be an object with %s, not %s.".formatted(Fields.WANTED, kind(node)));
        }
        List<String> names = new ArrayList<>();
        node.fieldNames().forEachRemaining(names::add);
        Fields fields = Fields.among(names)
                .orElseThrow(() -> new ExamplesException(
                        file,
                        line,
                        "an example needs %s; this one has %s."
                                .formatted(Fields.WANTED, names.isEmpty() ? "nothing" : String.join(", ", names))));
        String output = text(file, line, node, fields.output());
        return Fields.example(fields.input(field -> optional(file, line, node, fields, field)), output)
                .orElseThrow(() -> new ExamplesException(file, line, "\"%s\" is empty.".formatted(fields.output())));
    }

    /** Where there is an instruction, the input may be left out or null. */
    private static String optional(Path file, long line, JsonNode node, Fields fields, String field) {
        return fields.instruction().isPresent() && node.get(field).isNull() ? "" : text(file, line, node, field);
    }

    private static String text(Path file, long line, JsonNode node, String field) {
        JsonNode value = node.get(field);
        if (!value.isTextual()) {
            throw new ExamplesException(
                    file, line, "\"%s\" must be text in quotes, not %s.".formatted(field, kind(value)));
        }
        return value.textValue();
    }

    private static String kind(JsonNode node) {
        String kind = node.getNodeType().name().toLowerCase(Locale.ROOT);
        return kind.equals("null") ? kind : (kind.matches("[aeiou].*") ? "an " : "a ") + kind;
    }

    /** @param before lines of the file before what was parsed */
    static ExamplesException broken(Path file, long before, JsonProcessingException e) {
        JsonLocation at = e.getLocation();
        long line = before + (at == null ? 1 : Math.max(1, at.getLineNr()));
        return new ExamplesException(file, line, "this is no JSON that can be read: %s.".formatted(JsonFault.words(e)));
    }

    static long line(JsonParser parser) {
        return parser.currentTokenLocation().getLineNr();
    }
}
