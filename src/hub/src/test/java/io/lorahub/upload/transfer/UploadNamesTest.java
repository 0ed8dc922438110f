package io.lorahub.upload.transfer;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.lorahub.account.AccessToken.Scope;
import io.lorahub.account.Person;
import io.lorahub.account.Role;
import io.lorahub.storage.object.ObjectKey;
import io.lorahub.storage.object.ObjectStore;
import io.lorahub.testsupport.AsBrowser;
import io.lorahub.testsupport.Hub;
import io.lorahub.testsupport.PostgresResource;
import io.lorahub.testsupport.UploadClient;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.response.Response;
import java.net.URI;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** File names that lead elsewhere or that some system does not accept, in every way of sending files. */
@QuarkusTest
@QuarkusTestResource(PostgresResource.class)
class UploadNamesTest {

    private static final String CONFIG = "adapter_config.json";

    private final Hub hub;
    private final ObjectStore store;

    @TestHTTPResource
    URI server;

    private Person person;
    private UploadClient client;

    UploadNamesTest(Hub hub, ObjectStore store) {
        this.hub = hub;
        this.store = store;
    }

    @BeforeEach
    void sign_in() {
        person = hub.person(Role.MEMBER);
        client = new UploadClient(server, hub.token(person, Scope.WRITE));
    }

    @Test
    void a_name_or_a_path_that_is_too_long_is_refused() {
        assertThat(client.announce(Map.of("x".repeat(300) + ".txt", 1L, CONFIG, 1L))
                        .statusCode())
                .isEqualTo(422);
        assertThat(client.announce(Map.of("x/".repeat(600) + CONFIG, 1L)).statusCode())
                .isEqualTo(422);
        assertThat(client.announce(Map.of("x".repeat(200_000), 1L)).statusCode())
                .isEqualTo(422);
        assertThat(client.list()).isEmpty();
    }

    /** Their content is stored under its hash, so that no system ever sees such a name. */
    @ParameterizedTest
    @ValueSource(strings = {"CON", "aux.json", "nul.txt", "ab:c", "trailing.", " leading", "~", "-rf", "$HOME", ".ssh"})
    void a_name_that_some_system_does_not_take_is_listed_and_its_file_not_wanted(String name) {
        JsonNode upload = client.announced(Map.of(CONFIG, 1L, name, 10L));

        JsonNode file = upload.path("files").get(0).path("name").asText().equals(CONFIG)
                ? upload.path("files").get(1)
                : upload.path("files").get(0);
        assertThat(file.path("name").asText()).isEqualTo(name);
        assertThat(file.path("kind").asText()).isEqualTo("ignored");
        assertThat(file.has("url")).isFalse();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "../adapter_config.json",
                "/etc/adapter_config.json",
                "..\\adapter_config.json",
                "C:\\adapter_config.json",
                "un/../../adapter_config.json",
                "adapter\u202e_config.json"
            })
    void a_form_with_such_a_name_is_refused_and_nothing_of_it_stored(String name) {
        // no other test stores files of this size
        byte[] content = " ".repeat(4729).getBytes(StandardCharsets.UTF_8);

        Response answer = AsBrowser.given(hub.session(person))
                .multiPart("files", name, content)
                .post("/upload");

        assertThat(answer.statusCode()).isEqualTo(422);
        assertThat(client.list()).isEmpty();
        assertThat(store.list(ObjectKey.BLOBS)).noneMatch(blob -> blob.size() == content.length);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "..%2F..%2Fetc%2Fpasswd",
                "%2e%2e%2fadapter_config.json",
                "adapter_config.json%00",
                "..%5cadapter_config.json",
                "ADAPTER_CONFIG.JSON",
                "adapter_config.json%2F",
                "%ff"
            })
    void a_file_that_was_not_announced_by_this_name_is_not_taken(String name) {
        JsonNode upload = client.announced(Map.of(CONFIG, 2L));

        HttpResponse<String> answer =
                client.append(upload.path("url").asText() + "/files/" + name, 0, new byte[] {'{', '}'});

        assertThat(answer.statusCode()).isIn(400, 404);
        assertThat(client.get(upload).path("state").asText()).isEqualTo("receiving");
        assertThat(client.head(UploadClient.file(upload, CONFIG)).headers().firstValue("Upload-Offset"))
                .contains("0");
    }
}
