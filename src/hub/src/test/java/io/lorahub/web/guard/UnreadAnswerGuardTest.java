package io.lorahub.web.guard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class UnreadAnswerGuardTest {

    /** More than the buffers of both ends can take. */
    private static final int LARGE = 64 << 20;

    private final AtomicLong clock = new AtomicLong();
    private final List<HttpServerResponse> answers = new CopyOnWriteArrayList<>();
    private final AtomicInteger closed = new AtomicInteger();
    private final Vertx vertx = Vertx.vertx();
    private final UnreadAnswerGuard guard = new UnreadAnswerGuard(vertx, clock::get);
    private final List<Socket> clients = new ArrayList<>();
    private HttpServer server;

    @BeforeEach
    void serve() throws Exception {
        Router router = Router.router(vertx);
        router.route().handler(guard::watch);
        router.get("/json").handler(context -> answer(context, "application/json;charset=UTF-8"));
        router.get("/file").handler(context -> answer(context, "application/octet-stream"));
        server = vertx.createHttpServer()
                .requestHandler(router)
                .listen(0, "127.0.0.1")
                .toCompletionStage()
                .toCompletableFuture()
                .get();
    }

    @AfterEach
    void stop() throws IOException {
        for (Socket client : clients) client.close();
        vertx.close();
    }

    /** As far as the client reads it. */
    private void answer(RoutingContext context, String type) {
        HttpServerResponse response = context.response();
        response.putHeader("Content-Type", type).putHeader("Content-Length", Integer.toString(LARGE));
        context.request().connection().closeHandler(end -> closed.incrementAndGet());
        answers.add(response);
        more(response, 0);
    }

    private static void more(HttpServerResponse response, int sent) {
        int next = sent;
        for (; next < LARGE && !response.writeQueueFull(); next += 1 << 16)
            response.write(Buffer.buffer(new byte[1 << 16]));
        int now = next;
        if (now == LARGE) response.end();
        else response.drainHandler(drained -> more(response, now));
    }

    private Socket ask(String path) throws IOException {
        Socket client = new Socket();
        client.setReceiveBufferSize(4096);
        client.connect(new InetSocketAddress("127.0.0.1", server.actualPort()));
        client.getOutputStream()
                .write("GET %s HTTP/1.1\r\nHost: a\r\n\r\n".formatted(path).getBytes(StandardCharsets.US_ASCII));
        clients.add(client);
        return client;
    }

    private void pass(Duration time) {
        guard.closeUnread();
        clock.addAndGet(time.toNanos());
        guard.closeUnread();
    }

    /** Until the server has written of each answer what fits, and no more within two looks. */
    private void awaitWaiting(int number) {
        AtomicLong before = new AtomicLong(-1);
        await().pollInterval(Duration.ofMillis(200)).until(() -> {
            long written =
                    answers.stream().mapToLong(HttpServerResponse::bytesWritten).sum();
            return answers.size() == number
                    && answers.stream().allMatch(HttpServerResponse::writeQueueFull)
                    && before.getAndSet(written) == written;
        });
    }

    @Test
    void an_answer_in_json_that_nobody_reads_is_given_up_and_a_file_is_not() throws IOException {
        ask("/json");
        ask("/file");
        awaitWaiting(2);

        pass(Duration.ofSeconds(29));
        assertThat(closed).hasValue(0);
        pass(Duration.ofSeconds(2));
        await().untilAsserted(() -> assertThat(closed).hasValue(1));
        pass(Duration.ofMinutes(2));
        assertThat(closed).hasValue(1);
    }

    @Test
    void of_many_answers_that_one_client_does_not_read_few_wait() throws IOException {
        for (int i = 0; i < 40; i++) ask("/json");
        awaitWaiting(40);

        pass(Duration.ofSeconds(4));

        await().untilAsserted(() -> assertThat(closed).hasValue(24));
    }

    @Test
    void a_client_that_reads_slowly_gets_the_whole_answer() throws Exception {
        Socket client = ask("/json");
        awaitWaiting(1);
        int read = 0;
        byte[] some = new byte[1 << 20];
        while (read < LARGE) {
            pass(Duration.ofSeconds(10));
            for (int i = 0; i < 16 && read < LARGE; i++)
                read += client.getInputStream().readNBytes(some, 0, some.length);
        }
        assertThat(closed).hasValue(0);
    }
}
