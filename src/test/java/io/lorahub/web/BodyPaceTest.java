package io.lorahub.web;

import static org.assertj.core.api.Assertions.assertThat;

import io.smallrye.config.SmallRyeConfigBuilder;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.ext.web.Router;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class BodyPaceTest {

    private final Vertx vertx = Vertx.vertx();
    private HttpServer server;

    @BeforeEach
    void start() {
        WebConfig config = new SmallRyeConfigBuilder()
                .addDiscoveredConverters()
                .withMapping(WebConfig.class)
                .withDefaultValue("lorahub.web.body-pace", "PT0.2S")
                .build()
                .getConfigMapping(WebConfig.class);
        Router router = Router.router(vertx);
        router.route().handler(new BodyPace(config, vertx)::watch);
        router.route()
                .handler(
                        context -> context.request().bodyHandler(body -> context.end(Integer.toString(body.length()))));
        server = vertx.createHttpServer()
                .requestHandler(router)
                .listen(0)
                .toCompletionStage()
                .toCompletableFuture()
                .join();
    }

    @AfterEach
    void stop() {
        vertx.close().toCompletionStage().toCompletableFuture().join();
    }

    @Test
    void a_body_that_stops_coming_is_answered_and_loses_its_connection() throws IOException {
        try (Socket socket = new Socket("localhost", server.actualPort())) {
            write(socket, "POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000\r\n\r\nx");
            BufferedReader answer = reader(socket);
            assertThat(answer.readLine()).isEqualTo("HTTP/1.1 408 Request Timeout");
            while (answer.readLine() != null) {} // until the server closes it
        }
    }

    @Test
    void a_body_that_is_whole_is_answered() throws IOException {
        try (Socket socket = new Socket("localhost", server.actualPort())) {
            write(socket, "POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 4\r\n\r\nbody");
            assertThat(firstLine(socket)).isEqualTo("HTTP/1.1 200 OK");
        }
    }

    private static void write(Socket socket, String text) throws IOException {
        socket.getOutputStream().write(text.getBytes(StandardCharsets.US_ASCII));
        socket.getOutputStream().flush();
    }

    private static String firstLine(Socket socket) throws IOException {
        return reader(socket).readLine();
    }

    private static BufferedReader reader(Socket socket) throws IOException {
        return new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.US_ASCII));
    }
}
