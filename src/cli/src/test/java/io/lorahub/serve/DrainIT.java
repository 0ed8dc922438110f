package io.lorahub.serve;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.lorahub.testsupport.AdapterFiles;
import io.lorahub.testsupport.UploadClient;
import io.lorahub.testsupport.server.HubProcess;
import io.restassured.RestAssured;
import java.io.IOException;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The packaged server is stopped, or killed, while someone sends a file. */
@Timeout(value = 15, unit = TimeUnit.MINUTES)
class DrainIT {

    private static final int SIZE = 30_000_000;
    private static final int SENT = 300_000;

    @TempDir
    Path data;

    @AfterEach
    void forget() {
        RestAssured.reset();
    }

    @Test
    void received_bytes_are_kept_and_the_rest_can_be_sent_at_once() throws Exception {
        String token;
        String file;
        try (HubProcess server = serve()) {
            token = token(server);
            UploadClient client = client(token);
            file = announce(client);
            try (Socket socket = client.begin(file, SIZE, new byte[SENT])) {
                await().until(() -> client.append(file, 0, new byte[1]).statusCode() == 409);
                server.terminate();
                assertThat(new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII))
                        .startsWith("HTTP/1.1 204")
                        .containsIgnoringCase("upload-offset: " + SENT);
            }
            assertThat(server.err()).doesNotContain("Exception", "Timed out");
        }
        try (HubProcess server = serve()) {
            RestAssured.baseURI = server.awaitUrl();
            UploadClient client = client(token);
            assertThat(client.offset(file)).isEqualTo(SENT);
            assertThat(client.append(file, SENT, new byte[SIZE - SENT]).statusCode())
                    .isEqualTo(204);
        }
    }

    @Test
    void of_a_killed_server_all_but_the_last_bytes_are_kept_and_the_rest_can_be_sent() throws Exception {
        String token;
        String file;
        long kept;
        try (HubProcess server = serve()) {
            token = token(server);
            UploadClient client = client(token);
            file = announce(client);
            try (Socket socket = client.begin(file, new byte[SIZE])) {
                kept = client.offset(file);
                server.kill();
            }
        }
        assertThat(kept).isGreaterThanOrEqualTo(4 << 20);
        try (HubProcess server = serve()) {
            RestAssured.baseURI = server.awaitUrl();
            UploadClient client = client(token);
            long from = client.offset(file);
            assertThat(from).isGreaterThanOrEqualTo(kept);
            byte[] rest = new byte[(int) (SIZE - from)];
            await().until(() -> client.append(file, from, rest).statusCode() == 204); // its lease lasts for 4 s
        }
    }

    private static String token(HubProcess server) throws Exception {
        RestAssured.baseURI = server.awaitUrl();
        return FirstMember.token(FirstMember.session(server));
    }

    private static UploadClient client(String token) {
        return new UploadClient(URI.create(RestAssured.baseURI), token);
    }

    private static String announce(UploadClient client) {
        return UploadClient.file(client.announced(Map.of(AdapterFiles.WEIGHTS, (long) SIZE)), AdapterFiles.WEIGHTS);
    }

    private HubProcess serve() throws IOException {
        return HubProcess.start(Map.of("LORAHUB_DEMO_LOAD", "false"), "serve", "--data", data, "--port", 0);
    }
}
