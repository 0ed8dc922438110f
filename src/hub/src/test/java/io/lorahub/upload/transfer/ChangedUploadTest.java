package io.lorahub.upload.transfer;

import static io.lorahub.testsupport.UploadClient.file;
import static io.lorahub.testsupport.UploadClient.json;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.lorahub.account.AccessToken.Scope;
import io.lorahub.account.Role;
import io.lorahub.storage.object.ObjectKey;
import io.lorahub.storage.object.ObjectStore;
import io.lorahub.storage.object.StoredObject;
import io.lorahub.testsupport.Hub;
import io.lorahub.testsupport.PostgresResource;
import io.lorahub.testsupport.UploadClient;
import io.lorahub.upload.Upload;
import io.quarkus.narayana.jta.QuarkusTransaction;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import java.net.URI;
import java.net.http.HttpResponse;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What becomes of an upload when its files change, or when it is given up. */
@QuarkusTest
@QuarkusTestResource(PostgresResource.class)
class ChangedUploadTest {

    private static final String WEIGHTS = "adapter_model.safetensors";
    private static final String CONFIG = "adapter_config.json";

    private final Hub hub;
    private final ObjectStore store;

    @TestHTTPResource
    URI server;

    private UploadClient client;

    ChangedUploadTest(Hub hub, ObjectStore store) {
        this.hub = hub;
        this.store = store;
    }

    @BeforeEach
    void signIn() {
        client = new UploadClient(server, hub.token(hub.person(Role.MEMBER), Scope.WRITE));
    }

    @Test
    void cancelling_leaves_nothing_in_the_store() {
        Set<String> before = keys(40, 60);
        JsonNode upload = client.announced(Map.of(CONFIG, 40L, WEIGHTS, 100L));
        client.append(
                file(upload, CONFIG),
                0,
                UUID.randomUUID().toString().concat("1234").getBytes(UTF_8));
        client.append(file(upload, WEIGHTS), 0, new byte[60]);
        Set<String> added = keys(40, 60);
        added.removeAll(before);
        assertThat(added).hasSize(2);

        assertThat(client.delete(upload).statusCode()).isEqualTo(204);

        assertThat(keys(40, 60)).doesNotContainAnyElementsOf(added);
        assertThat(client.get(upload).path("state").asText()).isEqualTo("cancelled");
        assertThat(client.list()).isEmpty();
        assertThat(client.delete(upload).statusCode()).isEqualTo(204);
    }

    /** Of blobs and staged files with these sizes, which those of other tests don't have. */
    private Set<String> keys(long blob, long staged) {
        return Stream.concat(
                        store.list(ObjectKey.BLOBS).filter(object -> object.size() == blob),
                        store.list(ObjectKey.STAGING).filter(object -> object.size() == staged))
                .map(StoredObject::key)
                .collect(Collectors.toCollection(HashSet::new));
    }

    @Test
    void a_file_of_a_failed_upload_is_sent_anew_and_checked_again() {
        JsonNode upload = client.upload(Map.of(CONFIG, "{ }".getBytes(UTF_8), WEIGHTS, new byte[10]));
        fail(upload);

        HttpResponse<String> answer = client.announceMore(upload, Map.of(CONFIG, 2L));
        JsonNode again = json(answer);
        client.append(file(again, CONFIG), 0, "{}".getBytes(UTF_8));

        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(again.path("state").asText()).isEqualTo("receiving");
        assertThat(again.has("failure")).isFalse();
        assertThat(client.get(upload).path("state").asText()).isEqualTo("checking");
        assertThat(client.get(upload).path("files").findValuesAsText("name")).containsExactly(CONFIG, WEIGHTS);
    }

    @Test
    void safetensors_take_the_place_of_pickled_weights() {
        JsonNode upload = client.upload(Map.of(CONFIG, "{}".getBytes(UTF_8), "adapter_model.bin", new byte[10]));
        fail(upload);

        JsonNode again = json(client.announceMore(upload, Map.of(WEIGHTS, 2L)));

        assertThat(again.path("files").findValuesAsText("name")).containsExactly(CONFIG, WEIGHTS);
    }

    @Test
    void during_the_check_no_file_is_replaced() {
        JsonNode upload = client.upload(Map.of(CONFIG, "{}".getBytes(UTF_8)));

        assertThat(client.announceMore(upload, Map.of(CONFIG, 2L)).statusCode()).isEqualTo(409);
    }

    private static void fail(JsonNode upload) {
        QuarkusTransaction.requiringNew()
                .run(() -> Upload.locked(UUID.fromString(upload.path("id").asText()))
                        .orElseThrow()
                        .fail("A test failed it."));
    }
}
