package io.lorahub.upload.transfer;

import static io.lorahub.testsupport.AdapterFiles.CONFIG;
import static io.lorahub.testsupport.AdapterFiles.WEIGHTS;
import static io.lorahub.testsupport.UploadClient.file;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.lorahub.account.AccessToken.Scope;
import io.lorahub.account.Role;
import io.lorahub.storage.object.ObjectKey;
import io.lorahub.storage.object.ObjectStore;
import io.lorahub.testsupport.Hub;
import io.lorahub.testsupport.PostgresResource;
import io.lorahub.testsupport.UploadClient;
import io.lorahub.testsupport.UploadedFiles;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import java.io.ByteArrayInputStream;
import java.net.URI;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** How files are sent, and what is refused. */
@QuarkusTest
@QuarkusTestResource(PostgresResource.class)
class UploadFileResourceTest {

    private final Hub hub;
    private final ObjectStore store;
    private final UploadedFiles files;

    @TestHTTPResource
    URI server;

    private UploadClient client;

    UploadFileResourceTest(Hub hub, ObjectStore store, UploadedFiles files) {
        this.hub = hub;
        this.store = store;
        this.files = files;
    }

    @BeforeEach
    void signIn() {
        client = client(Scope.WRITE);
    }

    @Test
    void files_that_are_sent_whole_are_stored_and_checked() {
        byte[] weights = random(300_000);

        JsonNode upload = client.upload(Map.of(CONFIG, "{}".getBytes(UTF_8), WEIGHTS, weights));

        assertThat(upload.path("state").asText()).isEqualTo("checking");
        assertThat(files.content(upload, WEIGHTS)).isEqualTo(weights);
        assertThat(files.content(upload, CONFIG)).isEqualTo("{}".getBytes(UTF_8));
    }

    @Test
    void an_upload_waits_for_its_last_file() {
        JsonNode upload = client.announced(Map.of(CONFIG, 2L, WEIGHTS, 5L));

        client.append(file(upload, WEIGHTS), 0, new byte[5]);

        assertThat(client.get(upload).path("state").asText()).isEqualTo("receiving");
    }

    @Test
    void a_wrong_offset_is_answered_with_the_right_one() {
        String file = file(client.announced(Map.of(WEIGHTS, 100L)), WEIGHTS);
        client.append(file, 0, new byte[40]);

        HttpResponse<String> answer = client.append(file, 50, new byte[50]);

        assertThat(answer.statusCode()).isEqualTo(409);
        assertThat(answer.headers().firstValue("Upload-Offset")).contains("40");
        assertThat(answer.headers().firstValue("Content-Type").orElse("")).startsWith("application/problem+json");
        assertThat(client.head(file).headers().firstValue("Upload-Offset")).contains("40");
    }

    @Test
    void HEAD_tells_how_much_is_there() {
        String file = file(client.announced(Map.of(WEIGHTS, 100L)), WEIGHTS);
        client.append(file, 0, new byte[40]);

        HttpResponse<String> answer = client.head(file);

        assertThat(answer.statusCode()).isEqualTo(204);
        assertThat(answer.headers().firstValue("Upload-Offset")).contains("40");
        assertThat(answer.headers().firstValue("Upload-Length")).contains("100");
        assertThat(answer.headers().firstValue("Upload-Complete")).contains("?0");
        assertThat(answer.headers().firstValue("Cache-Control")).contains("no-store");
    }

    @Test
    void an_offset_has_to_be_said() {
        String file = file(client.announced(Map.of(WEIGHTS, 100L)), WEIGHTS);

        HttpResponse<String> answer = client.send(client.request(file)
                .header("Content-Type", "application/partial-upload")
                .method("PATCH", BodyPublishers.ofByteArray(new byte[3])));

        assertThat(answer.statusCode()).isEqualTo(400);
        assertThat(answer.body()).contains("Upload-Offset");
    }

    @Test
    void more_than_was_announced_is_refused_and_nothing_of_it_kept() {
        JsonNode upload = client.announced(Map.of(WEIGHTS, 100L));
        String file = file(upload, WEIGHTS);

        HttpResponse<String> honest = client.append(file, 0, new byte[101]);
        HttpResponse<String> lying =
                client.append(file, 0, BodyPublishers.ofInputStream(() -> new ByteArrayInputStream(new byte[5000])));

        assertThat(honest.statusCode()).isEqualTo(413);
        assertThat(lying.statusCode()).isEqualTo(413);
        assertThat(client.head(file).headers().firstValue("Upload-Offset")).contains("0");
        assertThat(UploadRows.partsOf(upload)).isZero();
    }

    @Test
    void a_file_that_is_whole_already_stays_as_it_is() {
        byte[] weights = random(1000);
        JsonNode upload = client.upload(Map.of(WEIGHTS, weights));
        String file = file(upload, WEIGHTS);

        assertThat(client.append(file, 0, random(1000)).statusCode()).isEqualTo(409);
        assertThat(client.append(file, 1000, new byte[0]).statusCode()).isEqualTo(204);
        assertThat(files.content(client.get(upload), WEIGHTS)).isEqualTo(weights);
    }

    @Test
    void an_empty_file_is_completed_by_an_empty_request() {
        JsonNode upload = client.announced(Map.of(CONFIG, 0L));

        assertThat(client.append(file(upload, CONFIG), 0, new byte[0]).statusCode())
                .isEqualTo(204);
        assertThat(client.get(upload).path("state").asText()).isEqualTo("checking");
    }

    @Test
    void the_same_content_of_two_members_is_stored_once_and_sent_twice() {
        byte[] weights = random(1009); // no other test stores files of this size
        client.upload(Map.of(WEIGHTS, weights));
        long before = stored(weights.length);

        JsonNode other = client(Scope.WRITE).upload(Map.of(WEIGHTS, weights));

        assertThat(other.path("state").asText()).isEqualTo("checking");
        assertThat(stored(weights.length)).isEqualTo(before);
    }

    private long stored(int bytes) {
        return store.list(ObjectKey.BLOBS).filter(blob -> blob.size() == bytes).count();
    }

    @Test
    void uploads_of_another_member_are_not_found() {
        JsonNode upload = client.announced(Map.of(WEIGHTS, 10L));
        UploadClient other = client(Scope.WRITE);

        assertThat(other.append(file(upload, WEIGHTS), 0, new byte[10]).statusCode())
                .isEqualTo(404);
        assertThat(other.head(file(upload, WEIGHTS)).statusCode()).isEqualTo(404);
        assertThat(other.get(upload).path("status").asInt()).isEqualTo(404);
        assertThat(other.delete(upload).statusCode()).isEqualTo(404);
        assertThat(client.head(file(upload, WEIGHTS)).headers().firstValue("Upload-Offset"))
                .contains("0");
    }

    @Test
    void a_token_that_may_only_read_sends_nothing() {
        JsonNode upload = client.announced(Map.of(WEIGHTS, 10L));
        UploadClient reader = client(Scope.READ);

        assertThat(reader.announce(Map.of(WEIGHTS, 10L)).statusCode()).isEqualTo(403);
        assertThat(reader.append(file(upload, WEIGHTS), 0, new byte[10]).statusCode())
                .isEqualTo(403);
    }

    private UploadClient client(Scope scope) {
        return new UploadClient(server, hub.token(hub.person(Role.MEMBER), scope));
    }

    private static byte[] random(int size) {
        byte[] bytes = new byte[size];
        new Random(System.nanoTime()).nextBytes(bytes);
        return bytes;
    }
}
