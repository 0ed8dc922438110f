package io.lorahub.web;

import static org.assertj.core.api.Assertions.assertThat;

import io.lorahub.account.AccessToken;
import io.lorahub.account.Role;
import io.lorahub.testsupport.Hub;
import io.lorahub.testsupport.PostgresResource;
import io.lorahub.testsupport.Settings;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.RestAssured;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.locks.LockSupport;
import java.util.logging.Logger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Bodies that stop arriving, and answers that take longer than the time limit for bodies, in the whole application. */
@QuarkusTest
@Settings({"lorahub.web.body-pace=PT1S", "lorahub.web.max-body-at.\"/api/test/long/stream\"=100M"})
@QuarkusTestResource(PostgresResource.class)
class SlowBodyTest {

    private static final String STREAM = "/api/test/long/stream";

    private final Hub hub;

    SlowBodyTest(Hub hub) {
        this.hub = hub;
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

    @ParameterizedTest
    @ValueSource(strings = {"/signin", STREAM})
    void a_body_that_trickles_is_cut(String path) throws IOException {
        String token = hub.token(hub.person(Role.MEMBER), AccessToken.Scope.WRITE);
        try (Socket socket = open()) {
            write(
                    socket,
                    head("POST", path, token)
                            + "Content-Type: application/octet-stream\r\nContent-Length: 100000\r\n\r\n");
            int sent = 0;
            while (sent < 100_000 && socket.getInputStream().available() == 0 && trickle(socket)) sent++;
            assertThat(sent).isLessThan(5000);
        }
    }

    /** @return whether the connection still takes it */
    private static boolean trickle(Socket socket) throws IOException {
        LockSupport.parkNanos(10_000_000);
        try {
            write(socket, "x");
            return true;
        } catch (SocketException closed) {
            return false;
        }
    }

    @Test
    void an_event_stream_lasts_longer_than_a_body_is_given() throws IOException {
        assertThat(answer(head("GET", "/api/test/long/events", null) + "\r\n"))
                .startsWith("HTTP/1.1 200")
                .contains("data:0", "data:5");
    }

    @Test
    void an_answer_that_is_read_slowly_comes_whole() throws IOException {
        try (Socket socket = open()) {
            write(socket, head("GET", "/api/test/long/file", null) + "\r\n");
            InputStream in = socket.getInputStream();
            assertThat(in.read()).isEqualTo('H');
            LockSupport.parkNanos(LongAnswers.TIME.toNanos());
            assertThat(in.readAllBytes()).hasSizeGreaterThan(LongAnswers.MEBIBYTES << 20);
        }
    }

    @Test
    void a_body_that_is_here_gives_its_work_the_time_it_takes() throws IOException {
        String answer = answer(head("POST", "/api/test/long/work", null)
                + "Content-Type: application/json\r\nContent-Length: 17\r\n\r\n{\"subject\":\"one\"}");
        assertThat(answer).startsWith("HTTP/1.1 200").endsWith("one");
    }

    @Test
    void a_body_that_we_do_not_read_yet_is_not_its_senders_fault() throws IOException {
        String token = hub.token(hub.person(Role.MEMBER), AccessToken.Scope.WRITE);
        int bytes = 32 << 20;
        try (Socket socket = open()) {
            write(
                    socket,
                    head("POST", STREAM, token) + "Content-Type: application/octet-stream\r\nContent-Length: " + bytes
                            + "\r\n\r\n");
            socket.getOutputStream().write(new byte[bytes]);
            assertThat(text(socket)).startsWith("HTTP/1.1 200").endsWith("\r\n\r\n" + bytes);
        }
    }

    @Test
    void a_client_that_waits_for_100_is_told_to_go_on() throws IOException {
        try (Socket socket = open()) {
            write(
                    socket,
                    head("POST", "/api/test/long/work", null)
                            + "Expect: 100-continue\r\nContent-Type: application/json\r\nContent-Length: 17\r\n\r\n");
            byte[] interim = new byte["HTTP/1.1 100 Continue\r\n\r\n".length()];
            new DataInputStream(socket.getInputStream()).readFully(interim);
            assertThat(new String(interim, StandardCharsets.US_ASCII)).startsWith("HTTP/1.1 100 Continue");
            write(socket, "{\"subject\":\"two\"}");
            assertThat(text(socket)).startsWith("HTTP/1.1 200").endsWith("two");
        }
    }

    private static String send(String path, String type) throws IOException {
        return answer(head("POST", path, null) + "Content-Type: %s\r\nContent-Length: 1000\r\n\r\nx".formatted(type));
    }

    private static String answer(String request) throws IOException {
        try (Socket socket = open()) {
            write(socket, request);
            return text(socket);
        }
    }

    private static Socket open() throws IOException {
        return new Socket("localhost", RestAssured.port);
    }

    private static String text(Socket socket) throws IOException {
        return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    }

    private static String head(String method, String path, String token) {
        return "%s %s HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n".formatted(method, path)
                + (token == null ? "" : "Authorization: Bearer " + token + "\r\n");
    }

    private static void write(Socket socket, String text) throws IOException {
        socket.getOutputStream().write(text.getBytes(StandardCharsets.US_ASCII));
        socket.getOutputStream().flush();
    }
}
