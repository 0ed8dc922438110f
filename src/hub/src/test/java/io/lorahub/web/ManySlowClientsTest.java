package io.lorahub.web;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;

import io.lorahub.testsupport.PostgresResource;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.RestAssured;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Slow clients do not occupy threads that others need. */
@QuarkusTest
@QuarkusTestResource(PostgresResource.class)
class ManySlowClientsTest {

    private static final int CLIENTS = 300;
    private static final String FORM =
            "POST %s HTTP/1.1\r\nHost: localhost\r\nContent-Type: %s\r\nContent-Length: 9000\r\n\r\nname=a";

    private final List<Socket> sockets = new ArrayList<>();

    @AfterEach
    void close() throws IOException {
        for (Socket socket : sockets) socket.close();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "POST /sign", // a head that does not end
                "/signin application/x-www-form-urlencoded",
                "/api/test/trouble/post/letter application/json",
                "/compose multipart/form-data;boundary=x",
                "/api/nothing/here application/json"
            })
    void other_pages_answer_while_many_send_slowly(String what) throws IOException {
        String[] parts = what.split(" ");
        String begin = what.startsWith("/") ? FORM.formatted(parts[0], parts[1]) : what;
        for (int i = 0; i < CLIENTS; i++) sockets.add(send(begin));
        for (int round = 0; round < 3; round++) {
            for (Socket socket : sockets) socket.getOutputStream().write('x');
            Instant asked = Instant.now();
            given().get("/status").then().statusCode(200);
            assertThat(Duration.between(asked, Instant.now())).isLessThan(Duration.ofSeconds(5));
        }
    }

    private static Socket send(String text) throws IOException {
        Socket socket = new Socket("localhost", RestAssured.port);
        socket.getOutputStream().write(text.getBytes(StandardCharsets.US_ASCII));
        return socket;
    }
}
