package io.lorahub.web;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;

import io.lorahub.testsupport.PostgresResource;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.RestAssured;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

@QuarkusTest
@QuarkusTestResource(PostgresResource.class)
class BodyLimitTest {

    private static final int TWO_MEBIBYTES = 2 << 20;

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
    void a_body_of_unknown_length_is_cut_off_at_the_limit() throws IOException {
        assertThat(chunked("/api/test/trouble/post/bytes", 1024)).isEqualTo("HTTP/1.1 200 OK");
        assertThat(chunked("/api/test/trouble/post/bytes", TWO_MEBIBYTES))
                .isEqualTo("HTTP/1.1 413 Request Entity Too Large");
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
