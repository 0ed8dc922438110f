package io.lorahub.composition.publication;

import static io.restassured.RestAssured.given;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;

import io.lorahub.account.AccessToken.Scope;
import io.lorahub.account.Person;
import io.lorahub.account.Role;
import io.lorahub.engine.learning.LearningSession;
import io.lorahub.engine.lora.LoraAdapter;
import io.lorahub.engine.model.ComposedWeights;
import io.lorahub.engine.model.Compute;
import io.lorahub.engine.prompt.PromptChoice;
import io.lorahub.engine.prompt.PromptFormat;
import io.lorahub.testsupport.DemoOnHub;
import io.lorahub.testsupport.Hub;
import io.lorahub.testsupport.PostgresResource;
import io.lorahub.testsupport.Reference;
import io.lorahub.testsupport.WithUploadChecks;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import io.restassured.http.ContentType;
import io.restassured.specification.RequestSpecification;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Adapters with trained modules_to_save on a hub. */
@QuarkusTest
@QuarkusTestResource(PostgresResource.class)
@TestProfile(WithUploadChecks.class)
class ReplacedModulesOnHubTest {

    private static final String BASE = "replaced/llama";

    private final Hub hub;
    private final DemoOnHub demo;
    private Person member;
    private String head;
    private String both;
    private String plain;

    ReplacedModulesOnHubTest(Hub hub, DemoOnHub demo) {
        this.hub = hub;
        this.demo = demo;
    }

    @BeforeEach
    void publish() {
        member = hub.person(Role.MEMBER);
        List<String> adapters = demo.publishSavedModules(member, BASE, "head", "both", "plain-llama");
        head = adapters.get(0);
        both = adapters.get(1);
        plain = adapters.get(2);
    }

    private RequestSpecification api() {
        return given().auth().oauth2(hub.token(member, Scope.WRITE)).contentType(ContentType.JSON);
    }

    /** What the adapter alone writes, so that a search finds it. */
    private static List<Map<String, String>> examples() {
        List<String> inputs = List.of("red", "one", "cat");
        PromptChoice prompt = PromptChoice.of(PromptFormat.PLAIN, null);
        try (LearningSession session = LearningSession.open(
                Reference.path("causal/models/llama"),
                List.of(LoraAdapter.load(Reference.path("saved-modules/head"))),
                ComposedWeights.EXACT,
                Compute.cpu(),
                prompt)) {
            List<String> outputs = session.generation().predict(inputs, new double[] {1}, 4);
            return List.of(
                    Map.of("input", inputs.get(0), "output", outputs.get(0)),
                    Map.of("input", inputs.get(1), "output", outputs.get(1)),
                    Map.of("input", inputs.get(2), "output", outputs.get(2)));
        }
    }

    private Map<String, Object> run(List<String> candidates) {
        return Map.of(
                "title",
                "with a head",
                "candidates",
                candidates,
                "budget",
                8,
                "prompt",
                "plain",
                "examples",
                examples());
    }

    @Test
    void two_such_adapters_are_refused_before_anything_is_queued() {
        String why = "%s and %s both replace whole modules of the base model (lm_head; lm_head, model.embed_tokens)"
                .formatted(head, both);
        api().body(run(List.of(head, both)))
                .post("/api/v1/runs")
                .then()
                .statusCode(422)
                .body("causes[0].field", equalTo("candidates"))
                .body("causes[0].message", containsString(why));
        api().body(merge(head, both))
                .post("/api/v1/merges")
                .then()
                .statusCode(422)
                .body("causes[0].message", containsString(why));
    }

    private static Map<String, Object> merge(String one, String two) {
        return Map.of(
                "candidates", List.of(Map.of("adapter", one, "weight", 0.6), Map.of("adapter", two, "weight", -0.8)));
    }
}
