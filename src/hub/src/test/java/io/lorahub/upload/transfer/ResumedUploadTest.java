package io.lorahub.upload.transfer;

import static io.lorahub.testsupport.AdapterFiles.WEIGHTS;
import static io.lorahub.testsupport.UploadClient.file;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.lorahub.account.AccessToken.Scope;
import io.lorahub.account.Role;
import io.lorahub.storage.object.ObjectStore;
import io.lorahub.testsupport.Hub;
import io.lorahub.testsupport.PostgresResource;
import io.lorahub.testsupport.UploadClient;
import io.lorahub.testsupport.UploadedFiles;
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
import java.nio.file.Files;
import java.util.Arrays;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Files that don't arrive in one go: the connection breaks, the process dies, two clients send at once. */
@QuarkusTest
@QuarkusTestResource(PostgresResource.class)
class ResumedUploadTest {

    private final Hub hub;
    private final ObjectStore store;
    private final UploadedFiles files;

    @TestHTTPResource
    URI server;

    private UploadClient client;

    ResumedUploadTest(Hub hub, ObjectStore store, UploadedFiles files) {
        this.hub = hub;
        this.store = store;
        this.files = files;
    }

    @BeforeEach
    void signIn() {
        client = new UploadClient(server, hub.token(hub.person(Role.MEMBER), Scope.WRITE));
    }

    @Test
    void bytes_before_a_cut_connection_are_kept_and_the_rest_is_appended() throws IOException {
        byte[] weights = random(3_000_000);
        JsonNode upload = client.announced(Map.of(WEIGHTS, (long) weights.length));
        String file = file(upload, WEIGHTS);

        sendAndCut(file, weights, 2_000_000);
        long offset = awaitOffset(upload, file);
        HttpResponse<String> rest =
                client.append(file, offset, Arrays.copyOfRange(weights, (int) offset, weights.length));

        assertThat(offset).isPositive().isLessThanOrEqualTo(2_000_000);
        assertThat(rest.statusCode()).isEqualTo(204);
        assertThat(rest.headers().firstValue("Upload-Complete")).contains("?1");
        assertThat(files.content(client.get(upload), WEIGHTS)).isEqualTo(weights);
        assertThat(UploadRows.partsOf(upload)).isZero();
    }

    @Test
    void what_has_arrived_is_kept_while_the_rest_is_on_its_way() throws IOException {
        byte[] weights = random(40_000_000);
        JsonNode upload = client.announced(Map.of(WEIGHTS, (long) weights.length));
        String file = file(upload, WEIGHTS);

        try (Socket sending = client.begin(file, weights)) {
            assertThat(UploadRows.isBeingSent(upload)).isTrue();
            assertThat(client.get(upload).path("files").get(0).path("offset").asLong())
                    .isPositive();
            assertThat(sending.isClosed()).isFalse();
        }
        long offset = awaitOffset(upload, file);
        byte[] rest = Arrays.copyOfRange(weights, (int) offset, weights.length);

        assertThat(client.append(file, offset, rest).statusCode()).isEqualTo(204);
        assertThat(files.content(client.get(upload), WEIGHTS)).isEqualTo(weights);
        assertThat(UploadRows.partsOf(upload)).isZero();
    }

    @Test
    void a_request_that_lasts_keeps_its_lease_and_a_dead_one_loses_it() throws IOException {
        byte[] weights = random(40_000_000);
        JsonNode upload = client.announced(Map.of(WEIGHTS, (long) weights.length));
        String file = file(upload, WEIGHTS);

        try (Socket sending = client.begin(file, weights)) {
            UploadRows.expire(upload);
            Awaitility.await().until(() -> UploadRows.isLeased(upload)); // renewed
            assertThat(client.append(file, client.offset(file), new byte[1]).statusCode())
                    .isEqualTo(409);
            assertThat(sending.isClosed()).isFalse();
        }
        awaitOffset(upload, file);
        UploadRows.leaveLease(upload); // as a process does that was killed
        HttpResponse<String> early = client.append(file, client.offset(file), new byte[1]);
        assertThat(early.statusCode()).isEqualTo(409);
        assertThat(early.headers().firstValueAsLong("Retry-After").orElseThrow())
                .isBetween(1L, 4L);
        Awaitility.await()
                .until(() ->
                        client.append(file, client.offset(file), new byte[1]).statusCode() == 204);
    }

    @Test
    void a_file_may_come_in_many_pieces() {
        byte[] weights = random(10_000);
        JsonNode upload = client.announced(Map.of(WEIGHTS, (long) weights.length));
        String file = file(upload, WEIGHTS);

        for (int at = 0; at < weights.length; at += 1000) {
            HttpResponse<String> answer = client.append(file, at, Arrays.copyOfRange(weights, at, at + 1000));
            assertThat(answer.headers().firstValue("Upload-Offset")).contains(Integer.toString(at + 1000));
        }

        assertThat(files.content(client.get(upload), WEIGHTS)).isEqualTo(weights);
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
        assertThat(files.content(client.get(upload), WEIGHTS)).isEqualTo(weights);
    }

    @Test
    void a_request_that_adds_nothing_completes_what_a_crash_left_complete() {
        byte[] weights = random(2000);
        JsonNode upload = client.announced(Map.of(WEIGHTS, 2000L));
        String file = file(upload, WEIGHTS);
        UploadRows.leavePart(store, upload, 0, Arrays.copyOf(weights, 1500));
        UploadRows.leavePart(store, upload, 1500, Arrays.copyOfRange(weights, 1500, 2000));
        assertThat(client.head(file).headers().firstValue("Upload-Complete")).contains("?0");

        assertThat(client.append(file, 2000, new byte[0]).statusCode()).isEqualTo(204);

        assertThat(files.content(client.get(upload), WEIGHTS)).isEqualTo(weights);
    }

    @Test
    void a_file_whose_part_was_lost_is_sent_from_its_start() {
        byte[] weights = random(10);
        JsonNode upload = client.announced(Map.of(WEIGHTS, 10L));
        String file = file(upload, WEIGHTS);
        store.delete(UploadRows.leavePart(store, upload, 0, weights));

        HttpResponse<String> answer = client.append(file, 10, new byte[0]);

        assertThat(answer.statusCode()).isEqualTo(409);
        assertThat(answer.body()).contains("Send it again from the start");
        assertThat(client.append(file, 0, weights).statusCode()).isEqualTo(204);
    }

    @Test
    void a_file_whose_part_was_damaged_is_not_put_together() throws IOException {
        byte[] weights = random(2000);
        JsonNode upload = client.announced(Map.of(WEIGHTS, 2000L));
        String file = file(upload, WEIGHTS);
        UploadRows.leavePart(store, upload, 0, Arrays.copyOf(weights, 1500));
        String second = UploadRows.leavePart(store, upload, 1500, Arrays.copyOfRange(weights, 1500, 2000));
        Files.write(store.localPath(second).orElseThrow(), new byte[500]); // as after a loss of power

        HttpResponse<String> answer = client.append(file, 2000, new byte[0]);

        assertThat(answer.statusCode()).isEqualTo(409);
        assertThat(answer.body()).contains("Send it again from the start");
        assertThat(client.append(file, 0, weights).statusCode()).isEqualTo(204);
        assertThat(files.content(client.get(upload), WEIGHTS)).isEqualTo(weights);
    }

    /** Announces the whole file, sends a part of it and cuts the connection. */
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
    /** The offset once something has arrived and the cut request has ended. */
    private long awaitOffset(JsonNode upload, String file) {
        long offset;
        boolean sent;
        do {
            sent = UploadRows.isBeingSent(upload);
            offset = Long.parseLong(
                    client.head(file).headers().firstValue("Upload-Offset").orElseThrow());
            Thread.onSpinWait();
        } while (offset == 0 || sent);
        return offset;
    }

    private static void awaitTurn(JsonNode upload) {
        while (!UploadRows.isBeingSent(upload)) Thread.onSpinWait();
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
