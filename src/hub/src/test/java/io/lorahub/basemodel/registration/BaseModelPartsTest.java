package io.lorahub.basemodel.registration;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.lorahub.account.AccessToken.Scope;
import io.lorahub.account.Forms;
import io.lorahub.account.Person;
import io.lorahub.account.Role;
import io.lorahub.testsupport.Hub;
import io.lorahub.testsupport.PostgresResource;
import io.lorahub.testsupport.Reference;
import io.lorahub.testsupport.UploadClient;
import io.lorahub.upload.StaleUploads;
import io.lorahub.upload.Upload;
import io.lorahub.upload.UploadState;
import io.lorahub.uploadcheck.ModelChecks;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A base model whose files a program sends in parts, as those of an adapter. */
@QuarkusTest
@QuarkusTestResource(PostgresResource.class)
class BaseModelPartsTest {

    private static final ObjectMapper JSON = new ObjectMapper();

    private final Hub hub;
    private final ModelChecks checks;
    private final StaleUploads stale;
    private final String name = "test/parts-" + UUID.randomUUID();
    private final Map<String, byte[]> files = new TreeMap<>();

    @TestHTTPResource
    URI server;

    private Person admin;
    private UploadClient client;

    BaseModelPartsTest(Hub hub, ModelChecks checks, StaleUploads stale) {
        this.hub = hub;
        this.checks = checks;
        this.stale = stale;
    }

    @BeforeEach
    void start() throws IOException {
        admin = hub.person(Role.ADMIN);
        client = new UploadClient(server, hub.token(admin, Scope.ADMINISTER));
        try (Stream<Path> list = Files.list(Reference.path("causal/models/llama"))) {
            for (Path file : list.toList()) files.put(file.getFileName().toString(), Files.readAllBytes(file));
        }
        checks.start();
    }

    @AfterEach
    void stop() {
        checks.stop();
    }

    @Test
    void a_model_that_is_announced_again_goes_on_with_what_is_missing() {
        JsonNode upload = announced();
        String weights = UploadClient.file(upload, "model.safetensors");
        byte[] bytes = files.get("model.safetensors");
        int half = bytes.length / 2;
        assertThat(client.append(weights, 0, Arrays.copyOf(bytes, half)).statusCode())
                .isEqualTo(204);
        assertThat(BaseModelRegistration.named(name)).isEmpty();

        JsonNode again = announced();

        assertThat(again.path("id")).isEqualTo(upload.path("id"));
        assertThat(again.path("page").asText()).isEqualTo("/base-models/" + name);
        assertThat(client.offset(weights)).isEqualTo(half);
        client.append(weights, half, Arrays.copyOfRange(bytes, half, bytes.length));
        for (JsonNode file : again.path("files")) {
            String of = file.path("name").asText();
            if (!of.equals("model.safetensors")) {
                assertThat(client.append(file.path("url").asText(), 0, files.get(of))
                                .statusCode())
                        .isEqualTo(204);
            }
        }
        assertThat(ModelChecks.awaitModel(name).summary).isEqualTo("In parts.");
        assertThat(client.list()).isEmpty();
        assertThat(client.get(upload).path("state").asText()).isEqualTo("published");
    }

    @Test
    void what_nobody_can_complete_any_more_goes_with_its_administrator() {
        JsonNode upload = announced();
        client.append(UploadClient.file(upload, "config.json"), 0, files.get("config.json"));
        hub.person(Role.ADMIN); // there must be another

        assertThat(Forms.post(hub.session(admin), "/settings/delete", "current", Hub.PASSWORD)
                        .statusCode())
                .isEqualTo(303);
        stale.drop();

        UUID id = UUID.fromString(upload.path("id").asText());
        assertThat(Upload.<Upload>findById(id).getState()).isEqualTo(UploadState.CANCELLED);
    }

    @Test
    void a_token_of_a_smaller_scope_and_another_administrator_send_nothing() {
        String weights = UploadClient.file(announced(), "model.safetensors");

        for (String token :
                new String[] {hub.token(admin, Scope.WRITE), hub.token(hub.person(Role.ADMIN), Scope.ADMINISTER)}) {
            UploadClient other = new UploadClient(server, token);
            assertThat(other.append(weights, 0, new byte[1]).statusCode()).isEqualTo(404);
            assertThat(other.head(weights).statusCode()).isEqualTo(404);
        }

        assertThat(client.offset(weights)).isZero();
    }

    @Test
    void an_upload_of_a_model_cannot_be_changed_or_published_as_an_adapter() {
        JsonNode upload = announced();

        assertThat(client.publish(upload, "{}").statusCode()).isEqualTo(404);
        assertThat(client.change(upload, "{\"title\": \"Other\"}").statusCode()).isEqualTo(404);
        assertThat(client.announceMore(upload, Map.of("adapter_config.json", 2L))
                        .statusCode())
                .isEqualTo(404);
        assertThat(client.delete(upload).statusCode()).isEqualTo(204);
        assertThat(client.head(UploadClient.file(upload, "config.json")).statusCode())
                .isEqualTo(404);
    }

    @Test
    void names_and_sizes_are_checked_before_anything_is_sent() {
        files.put("tokenizer.json", new byte[64_000_001]);
        files.remove("model.safetensors");

        assertThat(announce().body())
                .contains("There are no weights among them", "tokenizer.json has 64,000,001 bytes");
    }

    private JsonNode announced() {
        HttpResponse<String> answer = announce();
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(201);
        return UploadClient.json(answer);
    }

    private HttpResponse<String> announce() {
        ObjectNode body = JSON.createObjectNode().put("name", name).put("summary", "In parts.");
        var list = body.putArray("files");
        files.forEach((file, content) -> list.addObject().put("name", file).put("size", content.length));
        return client.send(client.request(BaseModelRegistrationView.PATH)
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofString(body.toString())));
    }
}
