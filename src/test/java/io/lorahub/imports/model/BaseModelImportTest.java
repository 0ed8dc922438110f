package io.lorahub.imports.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.lorahub.account.AccessToken.Scope;
import io.lorahub.account.Person;
import io.lorahub.account.Role;
import io.lorahub.basemodel.BaseModelRecord;
import io.lorahub.demo.DemoHub;
import io.lorahub.engine.safetensors.SafetensorsFile;
import io.lorahub.engine.safetensors.SafetensorsWriter;
import io.lorahub.engine.safetensors.TensorData;
import io.lorahub.imports.source.AllowedHosts;
import io.lorahub.notice.Notice;
import io.lorahub.testsupport.AsBrowser;
import io.lorahub.testsupport.Hub;
import io.lorahub.testsupport.OtherHub;
import io.lorahub.testsupport.OtherHub.Asked;
import io.lorahub.testsupport.OtherHubResource;
import io.lorahub.testsupport.PostgresResource;
import io.quarkus.narayana.jta.QuarkusTransaction;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.RestAssured;
import io.restassured.response.Response;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jsoup.Jsoup;
import org.jsoup.nodes.Document;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The demo hub's base model, fetched from another hub under another name. */
@QuarkusTest
@QuarkusTestResource(PostgresResource.class)
@QuarkusTestResource(OtherHubResource.class)
class BaseModelImportTest {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String COMMIT = "0123456789abcdef0123456789abcdef01234567";
    private static final String WEIGHTS = "/ada/base/resolve/%s/model.safetensors".formatted(COMMIT);

    private final Hub hub;
    private final AllowedHosts hosts;
    private final ModelFetch fetch;
    private final String name = "imported/" + UUID.randomUUID();

    @TempDir
    Path folder;

    private Person admin;
    private OtherHub other;

    BaseModelImportTest(Hub hub, AllowedHosts hosts, ModelFetch fetch) {
        this.hub = hub;
        this.hosts = hosts;
        this.fetch = fetch;
    }

    @BeforeEach
    void start() throws IOException {
        admin = hub.person(Role.ADMIN);
        other = new OtherHub(hosts.hubs().get(0)).with("ada/base", COMMIT, files(base()));
    }

    @AfterEach
    void stop() {
        other.close();
    }

    private static Path base() {
        return DemoHub.open().base();
    }

    private static Map<String, byte[]> files(Path folder) throws IOException {
        Map<String, byte[]> files = new TreeMap<>(Map.of("README.md", "# Base\n".getBytes(StandardCharsets.UTF_8)));
        try (Stream<Path> all = Files.list(folder)) {
            for (Path file : all.toList()) files.put(file.getFileName().toString(), Files.readAllBytes(file));
        }
        return files;
    }

    /** The model with its tensors in two files and an index. */
    private Map<String, byte[]> sharded() throws IOException {
        Map<String, byte[]> files = files(base());
        files.remove("model.safetensors");
        ObjectNode index = JSON.createObjectNode();
        try (SafetensorsFile whole = SafetensorsFile.open(base().resolve("model.safetensors"))) {
            List<String> names = List.copyOf(whole.names());
            for (int i = 0; i < 2; i++) {
                String shard = "model-0000%d-of-00002.safetensors".formatted(i + 1);
                Map<String, TensorData> tensors = new TreeMap<>();
                for (int t = i; t < names.size(); t += 2) {
                    tensors.put(names.get(t), whole.tensor(names.get(t)));
                    index.withObject("/weight_map").put(names.get(t), shard);
                }
                SafetensorsWriter.write(folder.resolve(shard), tensors, Map.of("format", "pt"));
                files.put(shard, Files.readAllBytes(folder.resolve(shard)));
            }
        }
        files.put("model.safetensors.index.json", JSON.writeValueAsBytes(index));
        return files;
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
        assertThat(fetch.folder(UUID.fromString(done.path("id").asText()))).doesNotExist();
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
    void a_lost_connection_continues_where_it_broke() {
        other.cut(WEIGHTS, 1000);

        JsonNode done = ended(body());

        assertThat(done.path("state").asText()).as("%s", done).isEqualTo("done");
        assertThat(other.asked(WEIGHTS)).extracting(Asked::range).containsExactly(null, "bytes=1000-");
    }

    @Test
    void a_killed_process_continues_with_the_bytes_of_its_folder() {
        CountDownLatch killed = new CountDownLatch(1);
        other.cut(WEIGHTS, 1000).once(WEIGHTS, exchange -> OtherHub.await(killed));
        String url = started(body());
        await().until(() -> other.asked(WEIGHTS).size() == 2);

        QuarkusTransaction.requiringNew()
                .run(() -> assertThat(BaseModelRecord.getEntityManager()
                                .createNativeQuery(
                                        "update import_queue set picked_by = 'killed', version = version + 1,"
                                                + " last_heartbeat = now() - interval '10 minutes'"
                                                + " where task_name = 'base-model-import'")
                                .executeUpdate())
                        .isOne());

        assertThat(ended(url).path("state").asText()).isEqualTo("done");
        killed.countDown();
        assertThat(other.asked(WEIGHTS)).extracting(Asked::range).last().isEqualTo("bytes=1000-");
    }

    @Test
    void other_weights_than_announced_are_not_registered() throws IOException {
        byte[] wrong = Files.readAllBytes(base().resolve("model.safetensors"));
        wrong[wrong.length - 1] ^= 1;
        other.at(WEIGHTS, wrong);

        JsonNode failed = ended(body());

        assertThat(failed.path("failure").asText()).contains("model.safetensors arrived with the SHA-256");
        assertThat(get("/api/v1/base-models/" + name).path("status").asInt()).isEqualTo(404);
    }

    @Test
    void an_import_can_be_cancelled() {
        CountDownLatch cancelled = new CountDownLatch(1);
        other.once(WEIGHTS, exchange -> OtherHub.await(cancelled));
        String url = started(body());
        await().until(() -> !other.asked(WEIGHTS).isEmpty());
        assertThat(post(body()).statusCode()).isEqualTo(409);

        String id = url.substring(url.lastIndexOf('/') + 1);
        assertThat(AsBrowser.given(hub.session(admin))
                        .post("/admin/base-models/imports/%s/cancel".formatted(id))
                        .statusCode())
                .isEqualTo(303);
        cancelled.countDown();

        assertThat(get(url).path("state").asText()).isEqualTo("cancelled");
        await().until(() -> Files.notExists(fetch.folder(UUID.fromString(id))));
    }

    @Test
    void of_many_simultaneous_imports_of_one_name_one_begins() {
        CountDownLatch go = new CountDownLatch(1);
        CountDownLatch begun = new CountDownLatch(1);
        other.once(WEIGHTS, exchange -> OtherHub.await(begun));
        String token = hub.token(admin, Scope.ADMINISTER);
        String session = hub.session(admin);
        List<CompletableFuture<Response>> asked = IntStream.range(0, 8)
                .mapToObj(i -> CompletableFuture.supplyAsync(
                        () -> {
                            OtherHub.await(go);
                            return i % 2 == 0
                                    ? post(body(), token)
                                    : AsBrowser.given(session)
                                            .formParams(Map.of("from", "ada/base", "name", name))
                                            .post("/admin/base-models/imports");
                        },
                        runnable -> new Thread(runnable).start()))
                .toList();

        go.countDown();
        List<Response> answers = asked.stream().map(CompletableFuture::join).toList();

        List<Response> refused =
                answers.stream().filter(answer -> answer.statusCode() == 409).toList();
        assertThat(refused)
                .as("%s", answers.stream().map(Response::statusLine).toList())
                .hasSize(7)
                .allSatisfy(answer -> assertThat(answer.asString()).contains(name + " is being imported already"));
        begun.countDown();
        await().atMost(Duration.ofMinutes(2))
                .until(() -> get("/api/v1/base-models/" + name).has("name"));
        assertThat(post(body()).asString()).contains(name + " is registered already");
    }

    @Test
    void a_model_registered_during_the_import_stays() {
        CountDownLatch registered = new CountDownLatch(1);
        other.once(WEIGHTS, exchange -> OtherHub.await(registered));
        String url = started(body());
        await().until(() -> !other.asked(WEIGHTS).isEmpty());

        AsBrowser.given(hub.session(admin))
                .formParams(Map.of("name", name, "licence", "CC0-1.0", "folder", base().toString()))
                .post("/admin/base-models")
                .then()
                .statusCode(303);
        registered.countDown();

        assertThat(ended(url).path("failure").asText()).contains(name + " is registered already");
        assertThat(get("/api/v1/base-models/" + name).path("licence").asText()).isEqualTo("CC0-1.0");
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

    private ObjectNode body() {
        return JSON.createObjectNode().put("from", "ada/base").put("name", name);
    }

    private Response post(ObjectNode body) {
        return post(body, hub.token(admin, Scope.ADMINISTER));
    }

    private static Response post(ObjectNode body, String token) {
        return RestAssured.given()
                .auth()
                .oauth2(token)
                .contentType("application/json")
                .body(body.toString())
                .post(BaseModelImportView.PATH);
    }

    private String started(ObjectNode body) {
        Response answer = post(body);
        assertThat(answer.statusCode()).as(answer.asString()).isEqualTo(201);
        return json(answer).path("url").asText();
    }

    private JsonNode ended(ObjectNode body) {
        return ended(started(body));
    }

    private JsonNode ended(String url) {
        List<String> ends = List.of("done", "failed", "cancelled");
        return await().atMost(Duration.ofMinutes(2))
                .until(() -> get(url), view -> ends.contains(view.path("state").asText()));
    }

    private JsonNode get(String url) {
        return json(RestAssured.given()
                .auth()
                .oauth2(hub.token(admin, Scope.ADMINISTER))
                .get(url));
    }

    private static JsonNode json(Response answer) {
        try {
            return JSON.readTree(answer.asString());
        } catch (IOException e) {
            throw new AssertionError(answer.asString(), e);
        }
    }

    private BaseModelRecord record() {
        return QuarkusTransaction.requiringNew().call(() -> {
            BaseModelRecord model = BaseModelRecord.named(name).orElseThrow();
            model.files.size();
            return model;
        });
    }

    private String notice() {
        return QuarkusTransaction.requiringNew().call(() -> {
            Notice newest =
                    Notice.find("personId = ?1 order by id desc", admin.id).firstResult();
            return newest.title + " " + newest.body;
        });
    }

    private Document page() {
        return Jsoup.parse(AsBrowser.given(hub.session(admin))
                .get("/admin/base-models/imports")
                .asString());
    }
}
