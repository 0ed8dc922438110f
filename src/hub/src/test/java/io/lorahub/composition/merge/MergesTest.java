package io.lorahub.composition.merge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.hasItem;
import static org.hamcrest.Matchers.nullValue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.lorahub.account.AccessToken.Scope;
import io.lorahub.engine.lora.LoraAdapter;
import io.lorahub.engine.lora.merge.MergeMethod;
import io.lorahub.testsupport.DemoOnHub;
import io.lorahub.testsupport.Hub;
import io.lorahub.testsupport.PostgresResource;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.RestAssured;
import io.restassured.response.Response;
import io.restassured.specification.RequestSpecification;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@QuarkusTest
@QuarkusTestResource(PostgresResource.class)
class MergesTest extends MergeFixture {

    @TempDir
    Path folder;

    MergesTest(Hub hub, DemoOnHub demo) {
        super(hub, demo);
    }

    private Map<String, byte[]> files(Response zip) throws IOException {
        Map<String, byte[]> files = new HashMap<>();
        try (ZipInputStream in = new ZipInputStream(new ByteArrayInputStream(zip.asByteArray()))) {
            for (ZipEntry entry = in.getNextEntry(); entry != null; entry = in.getNextEntry()) {
                files.put(entry.getName(), in.readAllBytes());
                Files.write(
                        folder.resolve(entry.getName().substring(entry.getName().indexOf('/') + 1)),
                        files.get(entry.getName()));
            }
        }
        return files;
    }

    @Test
    void the_exact_sum_is_the_default() throws IOException {
        Response merge = done(body());

        merge.then()
                .body("state", equalTo("succeeded"))
                .body("method", equalTo("cat"))
                .body("candidates[0].adapter", equalTo(adapters.get(0) + "@1.0.0"))
                .body("candidates[1].weight", equalTo(-0.4f))
                .body("relative_error", equalTo(0f))
                .body("density", nullValue());
        Map<String, byte[]> files = files(program().get(merge.<String>path("zip")));
        assertThat(files.keySet())
                .containsExactlyInAnyOrder(
                        "merge-cat/adapter_config.json",
                        "merge-cat/adapter_model.safetensors",
                        "merge-cat/recipe.json");
        int rank = merge.path("rank");
        try (LoraAdapter written = LoraAdapter.load("merged", folder)) {
            assertThat(written.modules())
                    .isNotEmpty()
                    .allSatisfy((name, module) -> assertThat(module.rank()).isEqualTo(rank));
        }
        JsonNode recipe = new ObjectMapper().readTree(files.get("merge-cat/recipe.json"));
        assertThat(recipe.at("/adapters/1/weight").asDouble()).isEqualTo(-0.4);
        assertThat(recipe.toString()).doesNotContain("\"path\"");
    }

    @Test
    void every_method_works_with_the_parameters_that_it_uses() throws IOException {
        for (MergeMethod method : MergeMethod.values()) {
            Map<String, Object> body = body("method", method.toString());
            if (method.prunes()) body.put("density", 0.5);
            if (method.electsSigns()) body.put("majority_sign_method", "frequency");
            if (method.isRandom()) body.put("seed", 7);

            Response merge = done(body);

            merge.then().body("failure", nullValue()).body("state", equalTo("succeeded"));
            if (method == MergeMethod.DARE_TIES) {
                merge.then().body("seed", equalTo(7)).body("majority_sign_method", equalTo("frequency"));
                Map<String, byte[]> files = files(program().get(merge.<String>path("zip")));
                assertThat(new String(files.get("merge-dare_ties/README.md")))
                        .contains("`dare_ties`", "density 0.5", "seed 7");
            }
        }
    }

    @Test
    void the_rank_compresses_the_result_and_the_error_is_stated() {
        Response merge = done(body("rank", 2));

        merge.then().body("rank", equalTo(2));
        assertThat(merge.<Integer>path("lossless_rank")).isGreaterThan(2);
        assertThat(merge.<Number>path("relative_error").doubleValue()).isBetween(0.001, 1.0);
    }

    @Test
    void a_repeated_request_with_the_same_key_begins_nothing_new() {
        String first =
                program().header("Idempotency-Key", "k1").body(body()).post(API).path("id");

        program()
                .header("Idempotency-Key", "k1")
                .body(body())
                .post(API)
                .then()
                .statusCode(201)
                .body("id", equalTo(first));
        program()
                .header("Idempotency-Key", "k1")
                .body(body("rank", 3))
                .post(API)
                .then()
                .statusCode(422)
                .body("causes[0].field", equalTo("Idempotency-Key"));
    }

    @Test
    void a_key_gives_the_first_merge_also_after_a_candidate_was_deleted() {
        RequestSpecification keyed = program().header("Idempotency-Key", "k2");
        String first = keyed.body(body()).post(API).path("id");
        RestAssured.given()
                .auth()
                .oauth2(hub.token(author, Scope.WRITE))
                .header("If-Match", "*")
                .delete("/api/v1/adapters/" + adapters.get(0))
                .then()
                .statusCode(204);

        keyed.body(body()).post(API).then().statusCode(201).body("id", equalTo(first));
        keyed.body(body("rank", 3)).post(API).then().statusCode(422).body("causes.field", contains("Idempotency-Key"));
        program()
                .header("Idempotency-Key", "k3")
                .body(body())
                .post(API)
                .then()
                .statusCode(422)
                .body("causes.field", hasItem("candidates"));
    }
}
