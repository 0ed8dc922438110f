package io.lorahub.api;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Map;
import java.util.Optional;

/** Creates examples from the schemas of an OpenAPI document. */
final class ExampleValues {

    private static final int DEPTH = 6;
    private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

    /** Values by property name, so that all examples seem to come from one hub. */
    private static final Map<String, String> TEXTS = Map.ofEntries(
            Map.entry("publisher", "ada"),
            Map.entry("adapter", "ada/un-past"),
            Map.entry("name", "un-past"),
            Map.entry("display_name", "Ada Lovelace"),
            Map.entry("member", "ada"),
            Map.entry("actor", "ada"),
            Map.entry("email", "ada@example.org"),
            Map.entry("label", "1.0.0"),
            Map.entry("version", "1.0.0"),
            Map.entry("file", "adapter_model.safetensors"),
            Map.entry("title", "Prefix un- and past tense"),
            Map.entry("summary", "Puts un before a word and turns it into the past."),
            Map.entry("base_model", "lorahub/demo-base"),
            Map.entry("model", "lorahub/demo-base"),
            Map.entry("licence", "MIT"),
            Map.entry("tags", "spelling"),
            Map.entry("languages", "en"),
            Map.entry("target_modules", "q"),
            Map.entry("visibility", "public"),
            Map.entry("state", "active"),
            Map.entry("role", "member"),
            Map.entry("scope", "write"),
            Map.entry("action", "approve"),
            Map.entry("category", "licence"),
            Map.entry("reason", "The licence does not allow derivatives."),
            Map.entry("example_input", "happy"),
            Map.entry("example_output", "unhappied"),
            Map.entry("input", "happy"),
            Map.entry("output", "unhappied"),
            Map.entry("sha256", "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"),
            Map.entry("url", "/ada/un-past"),
            Map.entry("token", "lh_…"),
            Map.entry("folder", "un-past"),
            Map.entry("q", "past"));

    private final JsonNode document;

    ExampleValues(JsonNode document) {
        this.document = document;
    }

    JsonNode of(JsonNode schema, String name) {
        return of(schema, name, 0);
    }

    /** Value for a path or query. */
    String text(JsonNode schema, String name) {
        JsonNode value = of(schema, name, 0);
        return value.isTextual() ? value.textValue() : value.toString();
    }

    JsonNode resolved(JsonNode schema) {
        JsonNode at = schema;
        for (int i = 0; i < DEPTH && at.has("$ref"); i++) {
            at = document.at(at.get("$ref").textValue().substring(1));
        }
        return at;
    }

    /** The type; if there are several, the one that is not null. */
    static String type(JsonNode schema) {
        JsonNode type = schema.path("type");
        if (type.isTextual()) return type.textValue();
        for (JsonNode one : type) {
            if (!one.textValue().equals("null")) return one.textValue();
        }
        return schema.has("properties") ? "object" : "";
    }

    private JsonNode of(JsonNode given, String name, int depth) {
        JsonNode schema = resolved(given);
        Optional<JsonNode> written = written(schema);
        if (written.isPresent()) return written.get();
        for (String choice : new String[] {"allOf", "oneOf", "anyOf"}) {
            if (schema.has(choice)) return of(schema.get(choice).path(0), name, depth);
        }
        return switch (type(schema)) {
            case "object" -> object(schema, depth);
            case "array" ->
                depth > DEPTH ? JSON.arrayNode() : JSON.arrayNode().add(of(schema.path("items"), name, depth + 1));
            case "integer" -> JSON.numberNode(8);
            case "number" -> JSON.numberNode(0.5);
            case "boolean" -> JSON.booleanNode(true);
            case "string" -> JSON.textNode(word(schema, name));
            default -> JSON.objectNode();
        };
    }

    private static Optional<JsonNode> written(JsonNode schema) {
        for (String key : new String[] {"example", "const", "default"}) {
            if (schema.has(key)) return Optional.of(schema.get(key));
        }
        for (String key : new String[] {"examples", "enum"}) {
            if (schema.path(key).has(0)) return Optional.of(schema.get(key).get(0));
        }
        return Optional.empty();
    }

    private ObjectNode object(JsonNode schema, int depth) {
        ObjectNode object = JSON.objectNode();
        if (depth > DEPTH) return object;
        schema.path("properties")
                .fields()
                .forEachRemaining(property ->
                        object.set(property.getKey(), of(property.getValue(), property.getKey(), depth + 1)));
        JsonNode values = schema.path("additionalProperties");
        if (values.isObject()) object.set("…", of(values, name(values), depth + 1));
        return object;
    }

    private static String name(JsonNode schema) {
        return schema.path("title").asText("");
    }

    private static String word(JsonNode schema, String name) {
        return switch (schema.path("format").asText("")) {
            case "date-time" -> "2026-01-31T12:00:00Z";
            case "date" -> "2026-01-31";
            case "uuid" -> "6f1c2c7e-6f0b-4a2e-9d53-1c6f9b1f6f3a";
            default -> TEXTS.getOrDefault(name, "text");
        };
    }
}
