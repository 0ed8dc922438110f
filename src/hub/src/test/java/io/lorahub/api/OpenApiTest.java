package io.lorahub.api;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import io.lorahub.account.Role;
import io.lorahub.adapter.Visibility;
import io.lorahub.moderation.ModerationAction;
import io.lorahub.moderation.ReportCategory;
import io.lorahub.testsupport.PostgresResource;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.ws.rs.core.MediaType;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** The OpenAPI document, from which clients are written. */
@QuarkusTest
@QuarkusTestResource(PostgresResource.class)
class OpenApiTest {

    @Test
    void it_is_the_same_in_json_and_yaml() throws Exception {
        String json = given().get("/api/v1/openapi.json").asString();
        String yaml = given().get("/api/v1/openapi.yaml")
                .then()
                .statusCode(200)
                .extract()
                .asString();
        JsonNode document = new ObjectMapper().readTree(json);
        assertThat(document).isEqualTo(new YAMLMapper().readTree(yaml));
        assertThat(document.path("openapi").asText()).startsWith("3.1.");
        assertThat(document.at("/components/securitySchemes/token/scheme").asText())
                .isEqualTo("bearer");
    }

    @Test
    void it_has_no_pages_and_every_operation_says_what_it_does() {
        List<OpenApiDocument.Operation> operations = OpenApiDocument.read().operations();
        assertThat(operations).hasSizeGreaterThan(30).allSatisfy(operation -> {
            String name = operation.method() + " " + operation.path();
            assertThat(operation.path()).startsWith("/api/v1/");
            assertThat(operation.summary()).as(name).isNotBlank().doesNotEndWith(".");
            assertThat(operation.node().path("tags")).as(name).hasSize(1);
            assertThat(operation.node().path("responses").fieldNames())
                    .as(name)
                    .toIterable()
                    .anyMatch(status -> status.startsWith("2"));
        });
        Set<String> ids = new HashSet<>();
        assertThat(operations)
                .allMatch(operation ->
                        ids.add(operation.node().path("operationId").asText()));
    }

    @Test
    void errors_are_problem_details() {
        JsonNode document = OpenApiDocument.read().root();
        assertThat(document.at("/paths/~1api~1v1~1me~1tokens/post/responses/422/$ref")
                        .asText())
                .isEqualTo("#/components/responses/422");
        assertThat(document.at("/components/responses/422/content/application~1problem+json/schema/$ref")
                        .asText())
                .isEqualTo("#/components/schemas/Problem");
        assertThat(document.at("/components/schemas/Problem/properties").fieldNames())
                .toIterable()
                .contains("status", "title", "detail", "instance", "causes");
    }

    @Test
    void every_reference_leads_to_something_and_every_schema_is_used() {
        JsonNode document = OpenApiDocument.read().root();
        Set<String> references = new HashSet<>();
        document.findValuesAsText("$ref").forEach(references::add);
        assertThat(references)
                .allSatisfy(reference -> assertThat(
                                document.at(reference.substring(1)).isMissingNode())
                        .as(reference)
                        .isFalse());
        assertThat(document.at("/components/schemas").fieldNames())
                .toIterable()
                .allMatch(name -> references.contains("#/components/schemas/" + name));
    }

    @Test
    void every_answer_that_is_no_refusal_says_what_it_holds() {
        for (OpenApiDocument.Operation operation : OpenApiDocument.read().operations()) {
            for (String status : List.of("200", "201")) {
                JsonNode answer = operation.node().path("responses").path(status);
                if (answer.isMissingNode()) continue;
                assertThat(answer.path("content"))
                        .as(operation.method() + " " + operation.path() + " " + status)
                        .isNotEmpty();
                answer.path("content")
                        .fields()
                        .forEachRemaining(
                                content -> assertThat(!content.getKey().equals(MediaType.APPLICATION_JSON)
                                                || content.getValue().has("schema"))
                                        .as(operation.path() + " has a schema")
                                        .isTrue());
            }
        }
    }

    @Test
    void required_fields_are_listed_with_their_allowed_values() {
        JsonNode schemas = OpenApiDocument.read().root().at("/components/schemas");
        assertThat(schemas.at("/NewReport/required").toString()).isEqualTo("[\"category\"]");
        assertThat(schemas.at("/NewReport/properties/category/enum")).hasSize(ReportCategory.values().length);
        assertThat(schemas.at("/NewDecision/properties/action/enum")).hasSize(ModerationAction.values().length);
        assertThat(schemas.at("/NewRole/properties/role/enum")).hasSize(Role.values().length);
        assertThat(schemas.at("/Draft/properties/visibility/enum")).hasSize(Visibility.values().length);
    }

    @Test
    void what_needs_a_token_refuses_to_be_read_without_one() {
        OpenApiDocument.read().operations().stream()
                .filter(operation -> operation.method().equals("GET") && operation.needsToken())
                .forEach(operation -> assertThat(given().get(operation
                                        .path()
                                        .replaceAll("\\{id}", "00000000-0000-0000-0000-000000000000")
                                        .replaceAll("\\{\\w+}", "x"))
                                .statusCode())
                        .as(operation.path())
                        .isEqualTo(401));
    }
}
