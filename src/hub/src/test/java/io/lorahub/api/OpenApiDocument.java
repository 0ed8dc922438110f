package io.lorahub.api;

import static io.restassured.RestAssured.given;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.restassured.response.Response;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/** The document that the hub under test serves. */
public record OpenApiDocument(JsonNode root) {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Set<String> METHODS = Set.of("get", "head", "post", "put", "patch", "delete");

    public record Operation(String method, String path, JsonNode node) {

        public String summary() {
            return node.path("summary").asText();
        }

        public boolean needsToken() {
            for (JsonNode choice : node.path("security")) {
                if (choice.isEmpty()) return false;
            }
            return true;
        }
    }

    public static OpenApiDocument read() {
        try {
            return new OpenApiDocument(JSON.readTree(given().get("/api/v1/openapi.json")
                    .then()
                    .statusCode(200)
                    .extract()
                    .asString()));
        } catch (JsonProcessingException e) {
            throw new AssertionError("The document isn't JSON.", e);
        }
    }

    /**
     * Differences between an answer and the document; empty for anything that the document leaves out, such as pages.
     */
    public List<String> faults(String method, String path, Response answer) {
        return operations().stream()
                .filter(operation ->
                        operation.method().equals(method) && operation.path().equals(path))
                .flatMap(operation -> faults(operation, answer).stream())
                .toList();
    }

    private List<String> faults(Operation operation, Response answer) {
        String status = String.valueOf(answer.statusCode());
        JsonNode said = operation.node().path("responses").path(status);
        if (said.has("$ref")) said = root.at(said.get("$ref").textValue().substring(1));
        if (said.isMissingNode()) return List.of(status);
        if (operation.method().equals("HEAD") || answer.asByteArray().length == 0) return List.of();
        String type = answer.contentType().replaceAll(";.*", "");
        JsonNode content = said.path("content").path(type);
        if (content.isMissingNode()) return List.of(status + " in " + type);
        if (!type.endsWith("json")) return List.of();
        if (!content.has("schema")) return List.of(status + " has no schema");
        try {
            return new SchemaCheck(root).compare(content.get("schema"), JSON.readTree(answer.asByteArray()));
        } catch (IOException e) {
            return List.of(status + " isn't JSON: " + e.getMessage());
        }
    }

    public List<Operation> operations() {
        List<Operation> operations = new ArrayList<>();
        root.path("paths")
                .fields()
                .forEachRemaining(path -> path.getValue().fields().forEachRemaining(one -> {
                    if (METHODS.contains(one.getKey()))
                        operations.add(
                                new Operation(one.getKey().toUpperCase(Locale.ROOT), path.getKey(), one.getValue()));
                }));
        return operations;
    }
}
