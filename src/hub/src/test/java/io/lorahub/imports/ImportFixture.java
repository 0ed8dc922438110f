package io.lorahub.imports;

import static io.lorahub.testsupport.AdapterFiles.WEIGHTS;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.lorahub.account.AccessToken.Scope;
import io.lorahub.account.Person;
import io.lorahub.account.Role;
import io.lorahub.demo.DemoHub;
import io.lorahub.imports.source.AllowedHosts;
import io.lorahub.testsupport.AdapterFiles;
import io.lorahub.testsupport.Hub;
import io.lorahub.testsupport.server.OtherHub;
import io.lorahub.upload.Upload;
import io.quarkus.narayana.jta.QuarkusTransaction;
import io.restassured.RestAssured;
import io.restassured.response.Response;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/** A member and another hub, which has the member's adapter {@code ada/past}. */
abstract class ImportFixture {

    static final String COMMIT = "0123456789abcdef0123456789abcdef01234567";
    static final String LISTING = "/api/models/ada/past/revision/main";
    static final String README = """
            ---
            license: apache-2.0
            tags: [spelling]
            ---
            # Past tense
            Puts verbs into the past.
            """;

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Set<String> OPEN = Set.of("waiting", "fetching", "checking");

    final Hub hub;
    private final AllowedHosts hosts;

    Person person;
    AdapterFiles files;
    OtherHub other;
    List<URI> hubs;

    ImportFixture(Hub hub, AllowedHosts hosts) {
        this.hub = hub;
        this.hosts = hosts;
    }

    @BeforeEach
    void start() throws IOException {
        hubs = hosts.hubs();
        person = hub.person(Role.MEMBER);
        files = past();
        other = new OtherHub(hubs.get(0)).with("ada/past", COMMIT, files.map());
    }

    static AdapterFiles past() {
        return AdapterFiles.of(DemoHub.open().adaptersFolder().resolve("past"))
                .unique()
                .with("README.md", README);
    }

    @AfterEach
    void stop() {
        other.close();
    }

    static String resolve(String file) {
        return "/ada/past/resolve/%s/%s".formatted(COMMIT, file);
    }

    String weights() {
        return resolve(WEIGHTS);
    }

    static ObjectNode body(String from) {
        return JSON.createObjectNode().put("from", from);
    }

    Response post(ObjectNode body) {
        return RestAssured.given()
                .auth()
                .oauth2(hub.token(person, Scope.WRITE))
                .contentType("application/json")
                .body(body.toString())
                .post(ImportView.PATH);
    }

    JsonNode started(ObjectNode body) {
        Response answer = post(body);
        if (answer.statusCode() != 201) throw new AssertionError(answer.statusCode() + " " + answer.asString());
        return json(answer);
    }

    /** The import when it has ended. */
    JsonNode ended(ObjectNode body) {
        String url = started(body).path("url").asText();
        return ended(url);
    }

    JsonNode ended(String url) {
        return await().atMost(Duration.ofMinutes(1))
                .until(() -> get(url), view -> !OPEN.contains(view.path("state").asText()));
    }

    JsonNode get(String url) {
        return json(RestAssured.given()
                .auth()
                .oauth2(hub.token(person, Scope.WRITE))
                .get(url));
    }

    /** @return the status */
    int delete(String url) {
        return RestAssured.given()
                .auth()
                .oauth2(hub.token(person, Scope.WRITE))
                .delete(url)
                .statusCode();
    }

    static JsonNode json(Response answer) {
        try {
            return JSON.readTree(answer.asString());
        } catch (IOException e) {
            throw new AssertionError(answer.asString(), e);
        }
    }

    static AdapterImport entry(JsonNode view) {
        return QuarkusTransaction.requiringNew()
                .call(() ->
                        AdapterImport.findById(UUID.fromString(view.path("id").asText())));
    }

    long openUploads() {
        return QuarkusTransaction.requiringNew()
                .call(() -> (long) Upload.openOf(person).size());
    }
}
