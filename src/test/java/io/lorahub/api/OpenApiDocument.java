package io.lorahub.api;

import static io.restassured.RestAssured.given;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/** The document that the hub under test serves. */
public record OpenApiDocument(JsonNode root) {

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
            return new OpenApiDocument(new ObjectMapper()
                    .readTree(given().get("/api/v1/openapi.json")
                            .then()
                            .statusCode(200)
                            .extract()
                            .asString()));
        } catch (JsonProcessingException e) {
            throw new AssertionError("The document is no JSON.", e);
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
