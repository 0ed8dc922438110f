package io.lorahub.serve;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.lorahub.testsupport.AsBrowser;
import io.lorahub.testsupport.server.HubProcess;
import io.lorahub.web.SessionCookie;
import io.restassured.RestAssured;
import io.restassured.response.Response;
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

    private static final String PASSWORD = "correct horse battery";
    private static final int SIZE = 30_000_000;
    private static final int SENT = 300_000;
    private static final int STEP = 50_000;

    @TempDir
    Path data;

    @AfterEach
    void forget() {
        RestAssured.reset();
    }

    @Test
    void received_bytes_are_kept_and_the_rest_can_be_sent_at_once() throws Exception {
        String session;
        String file;
        try (HubProcess server = serve()) {
            RestAssured.baseURI = server.awaitUrl();
            session = register(URI.create(server.awaitFirstAdminLink()).getPath());
            file = announce(session);
            try (Socket socket = begin(session, file)) {
                await().until(() -> append(session, file, 0, new byte[1]).statusCode() == 409);
                server.terminate();
                assertThat(new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII))
                        .startsWith("HTTP/1.1 204")
                        .containsIgnoringCase("upload-offset: " + SENT);
            }
            assertThat(server.err()).doesNotContain("Exception", "Timed out");
        }
        try (HubProcess server = serve()) {
            RestAssured.baseURI = server.awaitUrl();
            assertThat(AsBrowser.given(session).head(file).header("Upload-Offset"))
                    .isEqualTo(Integer.toString(SENT));
            assertThat(append(session, file, SENT, new byte[SIZE - SENT]).statusCode())
                    .isEqualTo(204);
        }
    }

    @Test
    void of_a_killed_server_all_but_the_last_bytes_are_kept_and_the_rest_can_be_sent() throws Exception {
        String session;
        String file;
        int kept = 0;
        try (HubProcess server = serve()) {
            RestAssured.baseURI = server.awaitUrl();
            session = register(URI.create(server.awaitFirstAdminLink()).getPath());
            file = announce(session);
            try (Socket socket = begin(session, file)) {
                for (int sent = SENT; kept == 0 && sent + STEP < SIZE; sent += STEP) {
                    socket.getOutputStream().write(new byte[STEP]);
                    kept = offset(session, file);
                }
                server.kill();
            }
        }
        assertThat(kept).isGreaterThanOrEqualTo(4 << 20);
        try (HubProcess server = serve()) {
            RestAssured.baseURI = server.awaitUrl();
            assertThat(offset(session, file)).isEqualTo(kept);
            byte[] rest = new byte[SIZE - kept];
            int from = kept;
            await().until(() -> append(session, file, from, rest).statusCode() == 204); // its lease lasts for 4 s
        }
    }

    private static int offset(String session, String file) {
        return Integer.parseInt(AsBrowser.given(session).head(file).header("Upload-Offset"));
    }

    private HubProcess serve() throws IOException {
        return HubProcess.start(Map.of("LORAHUB_DEMO_LOAD", "false"), "serve", "--data", data, "--port", 0);
    }

    private static String announce(String session) {
        return AsBrowser.given(session)
                .contentType("application/json")
                .body("{\"files\":[{\"name\":\"adapter_config.json\",\"size\":400},"
                        + "{\"name\":\"adapter_model.safetensors\",\"size\":%d}]}".formatted(SIZE))
                .post("/api/v1/uploads")
                .then()
                .statusCode(201)
                .extract()
                .path("uploads[0].files.find { it.name == 'adapter_model.safetensors' }.url");
    }

    private static Response append(String session, String file, int offset, byte[] bytes) {
        return AsBrowser.given(session)
                .contentType("application/partial-upload")
                .header("Upload-Offset", offset)
                .body(bytes)
                .patch(file);
    }

    private static Socket begin(String session, String file) throws IOException {
        URI server = URI.create(RestAssured.baseURI);
        Socket socket = new Socket(server.getHost(), server.getPort());
        String head = "PATCH %s HTTP/1.1\r\nHost: localhost\r\nCookie: %s=%s\r\nSec-Fetch-Site: same-origin\r\n"
                        .formatted(file, SessionCookie.NAME, session)
                + "Content-Type: application/partial-upload\r\nUpload-Offset: 0\r\nContent-Length: %d\r\n\r\n"
                        .formatted(SIZE);
        socket.getOutputStream().write(head.getBytes(StandardCharsets.US_ASCII));
        socket.getOutputStream().write(new byte[SENT]);
        return socket;
    }

    private static String register(String link) {
        return AsBrowser.given()
                .formParam("name", "first")
                .formParam("password", PASSWORD)
                .formParam("again", PASSWORD)
                .post(link)
                .cookie(SessionCookie.NAME);
    }
}
