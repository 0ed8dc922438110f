package io.lorahub.imports.model;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.lorahub.basemodel.registration.BaseModelRegistrationView;
import io.lorahub.imports.source.AllowedHosts;
import io.lorahub.testsupport.AsBrowser;
import io.lorahub.testsupport.Hub;
import io.lorahub.testsupport.PostgresResource;
import io.lorahub.testsupport.server.OtherHubResource;
import io.lorahub.uploadcheck.ModelChecks;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.response.Response;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.UUID;
import org.jsoup.Jsoup;
import org.jsoup.nodes.Document;
import org.junit.jupiter.api.Test;

/** The files of a base model, fetched from another hub under another name. */
@QuarkusTest
@QuarkusTestResource(PostgresResource.class)
@QuarkusTestResource(OtherHubResource.class)
class BaseModelImportTest extends BaseModelImportFixture {

    BaseModelImportTest(Hub hub, AllowedHosts hosts, ModelChecks checks) {
        super(hub, hosts, checks);
    }

    @Test
    void a_model_is_fetched_checked_and_registered() {
        JsonNode done = ended(body().put("licence", "MIT").put("summary", "Small."));

        assertThat(done.path("state").asText()).as("%s", done).isEqualTo("done");
        assertThat(done.path("commit").asText()).isEqualTo(COMMIT);
        assertThat(done.path("fetched").asLong()).isEqualTo(done.path("bytes").asLong());
        JsonNode model = get("/api/v1/base-models/" + name);
        assertThat(model.path("licence").asText()).isEqualTo("MIT");
        assertThat(model.path("files").has("model.safetensors")).isTrue();
        assertThat(other.asked("/ada/base/resolve/%s/README.md".formatted(COMMIT)))
                .isEmpty();
        assertThat(stored()).isZero();
        assertThat(notice()).contains(name, "is registered");
        assertThat(page().text()).contains(name, "Registered");
    }

    @Test
    void shards_arrive_with_their_index_and_nothing_else() throws IOException {
        Map<String, byte[]> files = sharded();
        files.put("model.fp16-00001-of-00001.safetensors", new byte[] {1});
        files.put("pytorch_model.bin", new byte[] {1});
        other.with("ada/base", COMMIT, files);

        JsonNode done = ended(body());

        assertThat(done.path("state").asText()).as("%s", done).isEqualTo("done");
        assertThat(record().files.keySet())
                .contains("model.safetensors.index.json", "model-00001-of-00002.safetensors")
                .doesNotContain("model.fp16-00001-of-00001.safetensors", "pytorch_model.bin");
    }

    @Test
    void a_missing_shard_is_named_before_weights_are_fetched() throws IOException {
        Map<String, byte[]> files = sharded();
        files.remove("model-00002-of-00002.safetensors");
        other.with("ada/base", COMMIT, files);

        JsonNode failed = ended(body());

        assertThat(failed.path("failure").asText()).contains("names the shard model-00002-of-00002.safetensors");
        assertThat(other.asked("/ada/base/resolve/%s/model-00001-of-00002.safetensors".formatted(COMMIT)))
                .isEmpty();
        assertThat(notice()).contains("could not be imported", "model-00002-of-00002");
    }

    @Test
    void other_weights_than_announced_are_not_registered() throws IOException {
        byte[] wrong = files.get("model.safetensors").clone();
        wrong[wrong.length - 1] ^= 1;
        other.at(WEIGHTS, wrong);

        JsonNode failed = ended(body());

        assertThat(failed.path("failure").asText()).contains("model.safetensors arrived with the SHA-256");
        assertThat(get("/api/v1/base-models/" + name).path("status").asInt()).isEqualTo(404);
    }

    /** It is parsed in memory. */
    @Test
    void an_index_that_is_larger_than_any_models_is_not_fetched() throws IOException {
        Map<String, byte[]> files = sharded();
        files.put(ModelFiles.INDEX, new byte[8_000_001]);
        other.with("ada/base", COMMIT, files);

        JsonNode failed = ended(body());

        assertThat(failed.path("failure").asText())
                .isEqualTo("model.safetensors.index.json has 8,000,001 bytes; at most 8,000,000 are accepted.");
        assertThat(other.asked("/ada/base/resolve/%s/%s".formatted(COMMIT, ModelFiles.INDEX)))
                .isEmpty();
    }

    @Test
    void a_model_that_cannot_be_used_fails_its_import_with_the_reason() throws IOException {
        ObjectNode config = (ObjectNode) JSON.readTree(files.get("config.json"));
        files.put("config.json", JSON.writeValueAsBytes(config.put("num_layers", 9)));
        other.with("ada/base", COMMIT, files);

        JsonNode failed = ended(body());

        assertThat(failed.path("state").asText()).isEqualTo("failed");
        assertThat(failed.path("failure").asText())
                .contains(
                        "is missing. The weights are incomplete, or config.json belongs to another model.",
                        "more problems");
        assertThat(notice()).contains("could not be imported", "The weights are incomplete");
        assertThat(get(BaseModelRegistrationView.PATH + "/" + name)
                        .path("state")
                        .asText())
                .isEqualTo("refused");
    }

    /** Without scripts, a page that loaded itself again would empty the form for the next import. */
    @Test
    void the_form_stays_while_an_import_is_open() {
        other.status("/api/models/ada/base/revision/main", 503, "Retry-After", "3600");
        String url = started(body());

        Document open = page();

        assertThat(open.select("#imports[hx-get] form button[id]").attr("aria-label"))
                .contains(name); // htmx gives the focus back to what has an id
        assertThat(open.html()).doesNotContain("http-equiv");
        assertThat(open.select("noscript").html()).contains("Show the current state");
        AsBrowser.given(hub.session(admin))
                .post("/admin/base-models/imports/" + url.replaceFirst(".*/", "") + "/cancel")
                .then()
                .statusCode(303);
    }

    @Test
    void what_cannot_work_is_refused_at_once() {
        assertThat(post(body().put("name", "a b")).asString()).contains("Write it as adapters name it");
        assertThat(post(body().put("from", "https://example.org/ada/base")).asString())
                .contains("doesn't import from https://example.org");
        Response refused = AsBrowser.given(hub.session(admin))
                .formParams(Map.of("from", "a b c"))
                .post("/admin/base-models/imports");
        assertThat(Jsoup.parse(refused.asString()).select("#f-from-error").text())
                .contains("isn't the name");
        other.with("ada/base", COMMIT, Map.of("adapter_config.json", new byte[] {1}));
        assertThat(ended(body()).path("failure").asText()).contains("has no config.json at its top");
    }

    @Test
    void weights_of_a_registered_model_are_not_fetched_again() {
        assertThat(ended(body()).path("state").asText()).isEqualTo("done");
        String copy = "imported/" + UUID.randomUUID();

        JsonNode done = ended(body().put("name", copy));

        assertThat(done.path("state").asText()).as("%s", done).isEqualTo("done");
        assertThat(other.asked(WEIGHTS)).hasSize(1);
        assertThat(get("/api/v1/base-models/" + copy).path("files"))
                .isEqualTo(get("/api/v1/base-models/" + name).path("files"));
    }

    @Test
    void sizes_whose_sum_is_beyond_all_numbers_are_too_large() {
        String file = "{\"rfilename\": \"%s\", \"size\": %d}";
        other.at(
                "/api/models/ada/base/revision/main",
                "{\"sha\": \"%s\", \"siblings\": [%s, %s]}"
                        .formatted(
                                COMMIT,
                                file.formatted("config.json", 100),
                                file.formatted("model.safetensors", Long.MAX_VALUE))
                        .getBytes(StandardCharsets.UTF_8));

        assertThat(ended(body()).path("failure").asText()).contains("the limit is");
    }

    private Document page() {
        return Jsoup.parse(AsBrowser.given(hub.session(admin))
                .get("/admin/base-models/imports")
                .asString());
    }
}
