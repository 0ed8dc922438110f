package io.lorahub.web.connection;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.lorahub.testsupport.PostgresResource;
import io.lorahub.testsupport.Settings;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.RestAssured;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@QuarkusTest
@Settings({"lorahub.connections.head-timeout=PT2S", "lorahub.connections.per-address=8"})
@QuarkusTestResource(PostgresResource.class)
class ConnectionLimitsTest {

    private static final int PER_ADDRESS = 8;

    /** Other tests' clients have connections from 127.0.0.1. */
    private static final String ADDRESS = "127.0.0.2";

    @Test
    void a_head_that_does_not_end_is_answered_and_loses_its_connection() throws IOException {
        try (Socket socket = open()) {
            write(socket, "GET / HTTP/1.1\r\nHost: localhost\r\n");
            try {
                for (int i = 0; i < 10_000 && socket.getInputStream().available() == 0; i++) {
                    write(socket, "x");
                    Thread.onSpinWait();
                }
            } catch (SocketException closed) {
                // as it should be; the answer may be read still
            }
            assertThat(text(socket)).startsWith("HTTP/1.1 408 ");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"99999999999999999999", "-1", "many"})
    void a_length_that_is_none_is_explained(String length) throws IOException {
        try (Socket socket = open()) {
            write(socket, "POST /signin HTTP/1.1\r\nHost: localhost\r\nContent-Length: " + length + "\r\n\r\n");
            assertThat(text(socket))
                    .startsWith("HTTP/1.1 400 ")
                    .contains("application/problem+json", "Content-Length can't be read");
        }
    }

    @Test
    void the_second_head_of_a_connection_has_to_come_in_time_too() throws IOException {
        try (Socket socket = open()) {
            write(socket, "GET /signin HTTP/1.1\r\nHost: localhost\r\n\r\n");
            assertThat(socket.getInputStream().read()).isEqualTo('H');
            write(socket, "GET /");
            assertThat(text(socket)).startsWith("TTP/1.1 200");
        }
    }

    @Test
    void an_address_has_so_many_connections_and_no_more() throws IOException {
        List<Socket> sockets = new ArrayList<>();
        try {
            await().atMost(Duration.ofMinutes(1)).until(() -> {
                Socket socket = open();
                if (isRefused(socket)) return true;
                sockets.add(socket);
                return false;
            });
            assertThat(sockets).hasSizeBetween(1, PER_ADDRESS);
        } finally {
            for (Socket socket : sockets) socket.close();
        }
        await().atMost(Duration.ofMinutes(1)).until(() -> {
            try (Socket socket = open()) {
                return !isRefused(socket);
            }
        });
    }

    /** A refusal is sent without waiting for a request. */
    private static boolean isRefused(Socket socket) throws IOException {
        socket.setSoTimeout(1000);
        try {
            String answer = new String(socket.getInputStream().readNBytes(12), StandardCharsets.US_ASCII);
            assertThat(answer).isEqualTo("HTTP/1.1 503");
            socket.close();
            return true;
        } catch (java.net.SocketTimeoutException open) {
            return false;
        }
    }

    private static Socket open() throws IOException {
        return new Socket(InetAddress.getByName("127.0.0.1"), RestAssured.port, InetAddress.getByName(ADDRESS), 0);
    }

    private static String text(Socket socket) throws IOException {
        return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    }

    private static void write(Socket socket, String text) throws IOException {
        socket.getOutputStream().write(text.getBytes(StandardCharsets.US_ASCII));
        socket.getOutputStream().flush();
    }
}
