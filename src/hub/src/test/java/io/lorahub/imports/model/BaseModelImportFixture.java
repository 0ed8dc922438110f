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
import io.lorahub.testsupport.Hub;
import io.lorahub.testsupport.server.OtherHub;
import io.lorahub.uploadcheck.ModelChecks;
import io.quarkus.narayana.jta.QuarkusTransaction;
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
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** An administrator and another hub, which has the demo hub's base model as {@code ada/base}. */
abstract class BaseModelImportFixture {

    static final ObjectMapper JSON = new ObjectMapper();
    static final String COMMIT = "0123456789abcdef0123456789abcdef01234567";
    static final String WEIGHTS = "/ada/base/resolve/%s/model.safetensors".formatted(COMMIT);

    final Hub hub;
    final String name = "imported/" + UUID.randomUUID();
    private final AllowedHosts hosts;
    private final ModelChecks checks;

    @TempDir
    Path folder;

    Person admin;
    Map<String, byte[]> files;
    OtherHub other;

    BaseModelImportFixture(Hub hub, AllowedHosts hosts, ModelChecks checks) {
        this.hub = hub;
        this.hosts = hosts;
        this.checks = checks;
    }

    @BeforeEach
    void start() throws IOException {
        admin = hub.person(Role.ADMIN);
        files = files(base());
        files.put("model.safetensors", unique());
        other = new OtherHub(hosts.hubs().get(0)).with("ada/base", COMMIT, files);
        checks.start();
    }

    /** The model's weights with other bytes than in any other test: contents that the hub has are not fetched. */
    private byte[] unique() throws IOException {
        Map<String, TensorData> tensors = new TreeMap<>();
        try (SafetensorsFile whole = SafetensorsFile.open(base().resolve("model.safetensors"))) {
            for (String tensor : whole.names()) tensors.put(tensor, whole.tensor(tensor));
            SafetensorsWriter.write(folder.resolve("unique"), tensors, Map.of("format", "pt", "test", name));
        }
        return Files.readAllBytes(folder.resolve("unique"));
    }

    @AfterEach
    void stop() {
        checks.stop();
        other.close();
    }

    /** Leaves base models unchecked from now on. */
    void checksPause() {
        checks.stop();
    }

    static Path base() {
        return DemoHub.open().base();
    }

    static Map<String, byte[]> files(Path folder) throws IOException {
        Map<String, byte[]> files = new TreeMap<>(Map.of("README.md", "# Base\n".getBytes(StandardCharsets.UTF_8)));
        try (Stream<Path> all = Files.list(folder)) {
            for (Path file : all.toList()) files.put(file.getFileName().toString(), Files.readAllBytes(file));
        }
        return files;
    }

    /** The model with its tensors in two files and an index. */
    Map<String, byte[]> sharded() throws IOException {
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
                SafetensorsWriter.write(folder.resolve(shard), tensors, Map.of("format", "pt", "test", name));
                files.put(shard, Files.readAllBytes(folder.resolve(shard)));
            }
        }
        files.put("model.safetensors.index.json", JSON.writeValueAsBytes(index));
        return files;
    }

    ObjectNode body() {
        return JSON.createObjectNode().put("from", "ada/base").put("name", name);
    }

    Response post(ObjectNode body) {
        return post(body, hub.token(admin, Scope.ADMINISTER));
    }

    static Response post(ObjectNode body, String token) {
        return RestAssured.given()
                .auth()
                .oauth2(token)
                .contentType("application/json")
                .body(body.toString())
                .post(BaseModelImportView.PATH);
    }

    String started(ObjectNode body) {
        Response answer = post(body);
        assertThat(answer.statusCode()).as(answer.asString()).isEqualTo(201);
        return json(answer).path("url").asText();
    }

    JsonNode ended(ObjectNode body) {
        return ended(started(body));
    }

    JsonNode ended(String url) {
        List<String> ends = List.of("done", "failed", "cancelled");
        return await().atMost(Duration.ofMinutes(2))
                .until(() -> get(url), view -> ends.contains(view.path("state").asText()));
    }

    JsonNode get(String url) {
        return json(RestAssured.given()
                .auth()
                .oauth2(hub.token(admin, Scope.ADMINISTER))
                .get(url));
    }

    static JsonNode json(Response answer) {
        try {
            return JSON.readTree(answer.asString());
        } catch (IOException e) {
            throw new AssertionError(answer.asString(), e);
        }
    }

    BaseModelRecord record() {
        return QuarkusTransaction.requiringNew().call(() -> {
            BaseModelRecord model = BaseModelRecord.named(name).orElseThrow();
            model.files.size();
            return model;
        });
    }

    String notice() {
        return QuarkusTransaction.requiringNew().call(() -> {
            Notice newest =
                    Notice.find("personId = ?1 order by id desc", admin.id).firstResult();
            return newest.title + " " + newest.body;
        });
    }

    /** Number of files and parts of files that the import keeps in the store. */
    long stored() {
        return QuarkusTransaction.requiringNew().call(() -> (Long) BaseModelRecord.getEntityManager()
                .createNativeQuery(
                        "select count(*) from upload u join upload_file f on f.upload_id = u.id"
                                + " left join upload_part p on p.file_id = f.id where u.base_model = ?1",
                        Long.class)
                .setParameter(1, name)
                .getSingleResult());
    }
}
