package io.lorahub.api;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;

/** Compares JSON with a schema of the document: types, values, and no undocumented property. */
final class SchemaCheck {

    private final JsonNode document;
    private final List<String> faults = new ArrayList<>();

    SchemaCheck(JsonNode document) {
        this.document = document;
    }

    List<String> compare(JsonNode schema, JsonNode value) {
        compare(schema, value, "");
        return faults;
    }

    private void compare(JsonNode given, JsonNode value, String at) {
        JsonNode schema = resolved(given);
        if (schema.has("type") && !is(schema.get("type"), value)) {
            faults.add("%s is %s, not %s".formatted(at, value, schema.get("type")));
            return;
        }
        if (schema.has("enum") && !value.isNull() && !has(schema.get("enum"), value)) {
            faults.add("%s is %s, not one of %s".formatted(at, value, schema.get("enum")));
        }
        for (int i = 0; value.isArray() && schema.has("items") && i < value.size(); i++) {
            compare(schema.get("items"), value.get(i), at + "/" + i);
        }
        if (value.isObject() && schema.has("properties")) {
            value.fields().forEachRemaining(field -> {
                JsonNode property = schema.get("properties").get(field.getKey());
                if (property == null) faults.add(at + "/" + field.getKey() + " is not in the schema");
                else compare(property, field.getValue(), at + "/" + field.getKey());
            });
        }
    }

    private JsonNode resolved(JsonNode schema) {
        return schema.has("$ref")
                ? resolved(document.at(schema.get("$ref").textValue().substring(1)))
                : schema;
    }

    private static boolean has(JsonNode list, JsonNode value) {
        for (JsonNode one : list) if (one.equals(value)) return true;
        return false;
    }

    /** One type or several. */
    private static boolean is(JsonNode types, JsonNode value) {
        if (types.isArray()) {
            for (JsonNode type : types) if (is(type, value)) return true;
            return false;
        }
        return switch (types.textValue()) {
            case "object" -> value.isObject();
            case "array" -> value.isArray();
            case "string" -> value.isTextual();
            case "boolean" -> value.isBoolean();
            case "integer" -> value.isIntegralNumber();
            case "number" -> value.isNumber();
            case "null" -> value.isNull();
            default -> false;
        };
    }
}
