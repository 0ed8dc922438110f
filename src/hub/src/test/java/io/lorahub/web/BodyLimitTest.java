package io.lorahub.web;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.containsString;

import io.lorahub.testsupport.AsBrowser;
import io.lorahub.testsupport.PostgresResource;
import io.lorahub.testsupport.routes.Route;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.RestAssured;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.logging.Logger;
import org.junit.jupiter.api.Test;

@QuarkusTest
@QuarkusTestResource(PostgresResource.class)
class BodyLimitTest {

    private static final int TWO_MEBIBYTES = 2 << 20;
    private static final long NINETEEN_GIBIBYTES = 19L << 30;

    @Test
    void a_longer_body_than_its_path_takes_is_refused_by_what_it_says_of_itself() {
        given().body(new byte[TWO_MEBIBYTES])
                .contentType("application/octet-stream")
                .post("/api/test/trouble/post/bytes")
                .then()
                .statusCode(413)
                .contentType("application/problem+json");
    }

    @Test
    void a_form_too_large_is_refused_with_a_hint_that_it_is_not_lost() {
        AsBrowser.given()
                .contentType("application/octet-stream")
                .body(new byte[9_000_000])
                .post("/compose")
                .then()
                .statusCode(413)
                .header("Content-Type", containsString("text/html"))
                .body(containsString("Go back in your browser, where your input is kept"));
    }

    @Test
    void a_body_of_unknown_length_is_cut_off_at_the_limit_with_a_line_in_the_log() throws Exception {
        assertThat(chunked("/api/test/trouble/post/bytes", 1024)).isEqualTo("HTTP/1.1 200 OK");
        LogRecords records = new LogRecords();
        Logger.getLogger("").addHandler(records);
        try {
            assertThat(chunked("/api/test/trouble/post/bytes", TWO_MEBIBYTES))
                    .isEqualTo("HTTP/1.1 413 Request Entity Too Large");
            records.awaitLine();
            assertThat(chunked("/api/test/trouble/post/bytes", 1024)).isEqualTo("HTTP/1.1 200 OK");
        } finally {
            Logger.getLogger("").removeHandler(records);
        }
        assertThat(records.traces()).isEmpty();
    }

    /** The bodies of the other paths are forms and JSON objects. */
    @Test
    void only_paths_where_files_go_take_more_than_a_megabyte() throws IOException {
        List<String> large = new ArrayList<>();
        for (Route route : Route.all()) {
            if (Set.of("GET", "HEAD").contains(route.method()) || route.path().equals("/admin/base-models/upload")) {
                continue;
            }
            String path = route.path().replaceAll("[{]\\w+}", "3f8a1c7e-0000-4000-8000-000000000000");
            String answer = announcing(route.method(), path, NINETEEN_GIBIBYTES);
            assertThat(answer).as(route.toString()).startsWith("HTTP/1.1 413");
            if (!answer.contains("The limit is 1.0 MB")) large.add(route.method() + " " + route.path());
        }

        assertThat(large)
                .containsExactlyInAnyOrder(
                        "POST /upload",
                        "POST /compose",
                        "POST /uploads/{id}/files",
                        "PATCH /api/v1/uploads/{id}/files/{name}",
                        "PUT /api/lfs/{id}",
                        "PUT /api/lfs/{id}/{part}",
                        "POST /api/lfs/{id}",
                        "POST /api/xet/{id}/v1/xorbs/{prefix}/{hash}",
                        "POST /api/xet/{id}/v1/shards");
    }

    @Test
    void a_path_that_only_looks_like_one_of_files_takes_a_megabyte() throws IOException {
        for (String path : List.of("/upload/", "/upload/x", "/api/v1/uploads/x/files", "/api/v1/uploads/x/files/y/z")) {
            assertThat(announcing("POST", path, NINETEEN_GIBIBYTES)).as(path).contains("The limit is 1.0 MB");
        }
    }

    /** Without the body, which nobody waits for. */
    private static String announcing(String method, String path, long bytes) throws IOException {
        try (Socket socket = new Socket("localhost", RestAssured.port)) {
            write(
                    socket,
                    method + " " + path + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
                            + "Content-Type: application/json\r\nContent-Length: " + bytes + "\r\n\r\n");
            BufferedReader answer = reader(socket);
            StringBuilder text = new StringBuilder();
            int length = 0;
            for (String line = answer.readLine(); !line.isEmpty(); line = answer.readLine()) {
                text.append(line).append('\n');
                if (line.toLowerCase().startsWith("content-length:")) {
                    length = Integer.parseInt(line.substring(15).strip());
                }
            }
            for (int i = 0; i < length; i++) text.append((char) answer.read());
            return text.toString();
        }
    }

    private static String chunked(String path, int bytes) throws IOException {
        try (Socket socket = new Socket("localhost", RestAssured.port)) {
            write(
                    socket,
                    "POST " + path + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
                            + "Content-Type: application/octet-stream\r\nTransfer-Encoding: chunked\r\n\r\n");
            byte[] chunk = new byte[1024];
            OutputStream out = socket.getOutputStream();
            for (int sent = 0; sent < bytes; sent += chunk.length) {
                out.write("400\r\n".getBytes(StandardCharsets.US_ASCII));
                out.write(chunk);
                out.write("\r\n".getBytes(StandardCharsets.US_ASCII));
            }
            write(socket, "0\r\n\r\n");
            return reader(socket).readLine();
        }
    }

    private static void write(Socket socket, String text) throws IOException {
        socket.getOutputStream().write(text.getBytes(StandardCharsets.US_ASCII));
        socket.getOutputStream().flush();
    }

    private static BufferedReader reader(Socket socket) throws IOException {
        return new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.US_ASCII));
    }
}
