package io.lorahub.web;

import static org.assertj.core.api.Assertions.assertThat;

import io.lorahub.testsupport.PostgresResource;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.QuarkusTestProfile;
import io.quarkus.test.junit.TestProfile;
import io.restassured.RestAssured;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.logging.Logger;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Bodies that stop coming, in the whole application. */
@QuarkusTest
@TestProfile(SlowBodyTest.Impatient.class)
@QuarkusTestResource(PostgresResource.class)
class SlowBodyTest {

    public static class Impatient implements QuarkusTestProfile {

        @Override
        public Map<String, String> getConfigOverrides() {
            return Map.of("lorahub.web.body-pace", "PT0.3S");
        }
    }

    @ParameterizedTest
    @CsvSource({
        "/api/test/trouble/post/letter,application/json",
        "/api/test/trouble/post/bytes,application/octet-stream",
        "/signin,application/x-www-form-urlencoded"
    })
    void a_body_that_stops_coming_is_answered(String path, String type) throws IOException {
        String answer = send(path, type);
        assertThat(answer).startsWith("HTTP/1.1 408 ");
        assertThat(answer).contains(path.startsWith("/api/") ? "application/problem+json" : "text/html");
    }

    @ParameterizedTest
    @CsvSource({"/api/test/trouble/post/bytes,application/octet-stream", "/signin,application/x-www-form-urlencoded"})
    void the_log_has_a_line_about_it_and_no_trace(String path, String type) throws Exception {
        LogRecords records = new LogRecords();
        Logger.getLogger("").addHandler(records);
        try {
            send(path, type);
            records.awaitLine();
            assertThat(records.traces()).isEmpty();
        } finally {
            Logger.getLogger("").removeHandler(records);
        }
    }

    private static String send(String path, String type) throws IOException {
        try (Socket socket = new Socket("localhost", RestAssured.port)) {
            String head = "POST %s HTTP/1.1\r\nHost: localhost\r\nContent-Type: %s\r\nContent-Length: 1000\r\n\r\nx";
            socket.getOutputStream().write(head.formatted(path, type).getBytes(StandardCharsets.US_ASCII));
            socket.getOutputStream().flush();
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        }
    }
}
