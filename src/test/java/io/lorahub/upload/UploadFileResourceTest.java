package io.lorahub.upload;

import static io.lorahub.upload.UploadClient.file;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.lorahub.account.AccessToken.Scope;
import io.lorahub.account.Role;
import io.lorahub.storage.Blobs;
import io.lorahub.storage.ObjectKey;
import io.lorahub.storage.ObjectStore;
import io.lorahub.storage.Staged;
import io.lorahub.testsupport.Hub;
import io.lorahub.testsupport.PostgresResource;
import io.quarkus.narayana.jta.QuarkusTransaction;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.util.Arrays;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

@QuarkusTest
@QuarkusTestResource(PostgresResource.class)
class UploadFileResourceTest {

    private static final String WEIGHTS = "adapter_model.safetensors";
    private static final String CONFIG = "adapter_config.json";

    private final Hub hub;
    private final ObjectStore store;
    private final Blobs blobs;

    @TestHTTPResource
    URI server;

    private UploadClient client;

    UploadFileResourceTest(Hub hub, ObjectStore store, Blobs blobs) {
        this.hub = hub;
        this.store = store;
        this.blobs = blobs;
    }

    @BeforeEach
    void signIn() {
        client = client(Scope.WRITE);
    }

    @Test
    void files_that_are_sent_whole_are_stored_and_checked() throws IOException {
        byte[] weights = random(300_000);

        JsonNode upload = client.upload(Map.of(CONFIG, "{}".getBytes(UTF_8), WEIGHTS, weights));

        assertThat(upload.path("state").asText()).isEqualTo("checking");
        assertThat(stored(upload, WEIGHTS)).isEqualTo(weights);
        assertThat(stored(upload, CONFIG)).isEqualTo("{}".getBytes(UTF_8));
    }

    @Test
    void an_upload_waits_for_its_last_file() {
        JsonNode upload = client.announced(Map.of(CONFIG, 2L, WEIGHTS, 5L));

        client.append(file(upload, WEIGHTS), 0, new byte[5]);

        assertThat(client.get(upload).path("state").asText()).isEqualTo("receiving");
    }

    @Test
    void what_came_before_the_socket_was_cut_is_kept_and_the_rest_joins_on() throws IOException {
        byte[] weights = random(3_000_000);
        JsonNode upload = client.announced(Map.of(WEIGHTS, (long) weights.length));
        String file = file(upload, WEIGHTS);

        sendAndCut(file, weights, 2_000_000);
        long offset = awaitOffset(file);
        HttpResponse<String> rest =
                client.append(file, offset, Arrays.copyOfRange(weights, (int) offset, weights.length));

        assertThat(offset).isPositive().isLessThanOrEqualTo(2_000_000);
        assertThat(rest.statusCode()).isEqualTo(204);
        assertThat(rest.headers().firstValue("Upload-Complete")).contains("?1");
        assertThat(stored(client.get(upload), WEIGHTS)).isEqualTo(weights);
        assertThat(partsOf(upload)).isZero();
    }

    @Test
    void a_file_may_come_in_many_pieces() throws IOException {
        byte[] weights = random(10_000);
        JsonNode upload = client.announced(Map.of(WEIGHTS, (long) weights.length));
        String file = file(upload, WEIGHTS);

        for (int at = 0; at < weights.length; at += 1000) {
            HttpResponse<String> answer = client.append(file, at, Arrays.copyOfRange(weights, at, at + 1000));
            assertThat(answer.headers().firstValue("Upload-Offset")).contains(Integer.toString(at + 1000));
        }

        assertThat(stored(client.get(upload), WEIGHTS)).isEqualTo(weights);
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
    void two_requests_do_not_send_one_file_at_a_time() throws Exception {
        byte[] weights = random(200_000);
        JsonNode upload = client.announced(Map.of(WEIGHTS, (long) weights.length));
        String file = file(upload, WEIGHTS);
        CountDownLatch mayEnd = new CountDownLatch(1);
        InputStream slow = new ByteArrayInputStream(weights) {
            @Override
            public synchronized int read(byte[] target, int offset, int length) {
                if (pos > 100_000) await(mayEnd);
                return super.read(target, offset, Math.min(length, 20_000));
            }
        };

        CompletableFuture<HttpResponse<String>> first =
                CompletableFuture.supplyAsync(() -> client.append(file, 0, BodyPublishers.ofInputStream(() -> slow)));
        awaitTurn(upload);
        HttpResponse<String> second = client.append(file, 0, weights);
        mayEnd.countDown();

        assertThat(second.statusCode()).isEqualTo(409);
        assertThat(second.body()).contains("being sent by another request");
        assertThat(first.get().statusCode()).isEqualTo(204);
        assertThat(stored(client.get(upload), WEIGHTS)).isEqualTo(weights);
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
        assertThat(partsOf(upload)).isZero();
    }

    @Test
    void a_file_that_is_whole_already_stays_as_it_is() throws IOException {
        byte[] weights = random(1000);
        JsonNode upload = client.upload(Map.of(WEIGHTS, weights));
        String file = file(upload, WEIGHTS);

        assertThat(client.append(file, 0, random(1000)).statusCode()).isEqualTo(409);
        assertThat(client.append(file, 1000, new byte[0]).statusCode()).isEqualTo(204);
        assertThat(stored(client.get(upload), WEIGHTS)).isEqualTo(weights);
    }

    @Test
    void a_request_that_adds_nothing_completes_what_a_crash_left_complete() throws IOException {
        byte[] weights = random(2000);
        JsonNode upload = client.announced(Map.of(WEIGHTS, 2000L));
        String file = file(upload, WEIGHTS);
        leavePart(upload, 0, Arrays.copyOf(weights, 1500));
        leavePart(upload, 1500, Arrays.copyOfRange(weights, 1500, 2000));
        assertThat(client.head(file).headers().firstValue("Upload-Complete")).contains("?0");

        assertThat(client.append(file, 2000, new byte[0]).statusCode()).isEqualTo(204);

        assertThat(stored(client.get(upload), WEIGHTS)).isEqualTo(weights);
    }

    @Test
    void a_file_whose_part_was_lost_is_sent_from_its_start() {
        JsonNode upload = client.announced(Map.of(WEIGHTS, 10L));
        String file = file(upload, WEIGHTS);
        store.delete(leavePart(upload, 0, new byte[10]));

        HttpResponse<String> answer = client.append(file, 10, new byte[0]);

        assertThat(answer.statusCode()).isEqualTo(409);
        assertThat(answer.body()).contains("send it again from its start");
        assertThat(client.append(file, 0, new byte[10]).statusCode()).isEqualTo(204);
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
        byte[] weights = random(1000);
        client.upload(Map.of(WEIGHTS, weights));
        long before = store.list(ObjectKey.BLOBS).count();

        JsonNode other = client(Scope.WRITE).upload(Map.of(WEIGHTS, weights));

        assertThat(other.path("state").asText()).isEqualTo("checking");
        assertThat(store.list(ObjectKey.BLOBS).count()).isEqualTo(before);
    }

    @Test
    void what_another_member_uploads_is_not_there_for_anybody_else() {
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

    private byte[] stored(JsonNode upload, String name) throws IOException {
        for (JsonNode file : upload.path("files")) {
            if (!file.path("name").asText().equals(name)) continue;
            try (InputStream in = blobs.open(file.path("sha256").asText(), 0, Long.MAX_VALUE)) {
                return in.readAllBytes();
            }
        }
        throw new AssertionError("no file " + name + " in " + upload);
    }

    /** Says that all will come, sends some of it and cuts the connection. */
    private void sendAndCut(String path, byte[] bytes, int count) throws IOException {
        try (Socket socket = new Socket(server.getHost(), server.getPort())) {
            OutputStream out = socket.getOutputStream();
            out.write(("PATCH " + path + " HTTP/1.1\r\nHost: " + server.getAuthority() + "\r\nAuthorization: Bearer "
                            + client.token() + "\r\nUpload-Offset: 0\r\nContent-Type: application/partial-upload\r\n"
                            + "Content-Length: " + bytes.length + "\r\n\r\n")
                    .getBytes(UTF_8));
            out.write(bytes, 0, count);
            out.flush();
        }
    }

    /** The server learns in its own time that the connection is cut. */
    private long awaitOffset(String file) {
        long offset;
        do {
            offset = Long.parseLong(
                    client.head(file).headers().firstValue("Upload-Offset").orElseThrow());
            Thread.onSpinWait();
        } while (offset == 0);
        return offset;
    }

    private static void awaitTurn(JsonNode upload) {
        while (count("select count(f) from UploadFile f where f.receiver is not null and f.upload.id = ?1", upload)
                == 0) {
            Thread.onSpinWait();
        }
    }

    private static long partsOf(JsonNode upload) {
        return count("select count(p) from UploadPart p where p.file.upload.id = ?1", upload);
    }

    private static long count(String query, JsonNode upload) {
        return QuarkusTransaction.requiringNew()
                .call(() -> Upload.getEntityManager()
                        .createQuery(query, Long.class)
                        .setParameter(1, id(upload))
                        .getSingleResult());
    }

    private static UUID id(JsonNode upload) {
        return UUID.fromString(upload.path("id").asText());
    }

    /** As if a request had brought it and its process had died then. */
    private String leavePart(JsonNode upload, long start, byte[] bytes) {
        Staged staged = store.stage(new ByteArrayInputStream(bytes), bytes.length);
        QuarkusTransaction.requiringNew().run(() -> {
            UploadPart part = new UploadPart();
            part.file = Upload.<Upload>findById(id(upload)).file(WEIGHTS).orElseThrow();
            part.start = start;
            part.size = staged.size();
            part.objectKey = staged.key();
            part.sha256 = staged.sha256();
            part.persist();
        });
        return staged.key();
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static byte[] random(int size) {
        byte[] bytes = new byte[size];
        new Random(System.nanoTime()).nextBytes(bytes);
        return bytes;
    }
}
