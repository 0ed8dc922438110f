package io.lorahub.remote;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Against a fake hub that fails at moments that are hard to reproduce with a real one. */
class FileUploadTest {

    private static final int SIZE = 1000;

    private final List<String> requests = new CopyOnWriteArrayList<>();
    private HttpServer hub;
    private boolean dies;
    private int busy;
    private int down;
    private int retryAfter = 1;
    private long offset;
    private boolean whole;

    @TempDir
    Path folder;

    @BeforeEach
    void listen() throws IOException {
        hub = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        hub.createContext("/", this::answer);
        hub.start();
    }

    @AfterEach
    void stop() {
        hub.stop(0);
    }

    @Test
    void a_hub_that_died_between_the_last_byte_and_completion_is_asked_for_it() throws IOException {
        dies = true;
        upload();
        assertThat(whole).isTrue();
        assertThat(requests).containsExactly("HEAD", "PATCH 0 1000", "HEAD", "PATCH 1000 0");
    }

    @Test
    void so_it_is_at_a_later_try() throws IOException {
        offset = SIZE;
        upload();
        assertThat(requests).containsExactly("HEAD", "PATCH 1000 0");
    }

    @Test
    void complete_files_are_not_sent() throws IOException {
        offset = SIZE;
        whole = true;
        upload();
        assertThat(requests).containsExactly("HEAD");
    }

    @Test
    void another_request_is_waited_for() throws IOException {
        busy = 1;
        upload();
        assertThat(requests).containsExactly("HEAD", "PATCH 0 1000", "HEAD", "PATCH 0 1000");
    }

    @Test
    void an_outage_of_the_hub_is_waited_out() throws IOException {
        offset = 400;
        down = 3;
        upload();
        assertThat(whole).isTrue();
        assertThat(requests).containsExactly("HEAD", "HEAD", "HEAD", "HEAD", "PATCH 400 600");
    }

    @Test
    void too_long_a_wait_ends_with_what_to_do() {
        busy = 1;
        retryAfter = 3600;
        assertThatThrownBy(this::upload)
                .isInstanceOf(RemoteException.class)
                .hasMessageContaining("is being sent by another request")
                .hasMessageContaining("Run the same command again later");
    }

    private void upload() throws IOException {
        Path file = Files.write(folder.resolve("adapter_model.safetensors"), new byte[SIZE]);
        HubClient client = new HubClient(
                new Login(Login.server("http://localhost:" + hub.getAddress().getPort()), ""));
        new FileUpload(client, "/file", file, SIZE, TransferProgress.SILENT).send();
    }

    private void answer(HttpExchange exchange) throws IOException {
        int bytes = exchange.getRequestBody().readAllBytes().length;
        boolean patch = exchange.getRequestMethod().equals("PATCH");
        String from = exchange.getRequestHeaders().getFirst("Upload-Offset");
        requests.add(patch ? "PATCH %s %d".formatted(from, bytes) : "HEAD");
        if (down-- > 0) {
            exchange.sendResponseHeaders(503, -1);
            exchange.close();
            return;
        }
        if (patch && busy-- > 0) {
            exchange.getResponseHeaders().add("Retry-After", Integer.toString(retryAfter));
            byte[] problem = "{\"detail\": \"x is being sent by another request.\"}".getBytes();
            exchange.sendResponseHeaders(409, problem.length);
            exchange.getResponseBody().write(problem);
            exchange.close();
            return;
        }
        if (patch) {
            offset += bytes;
            whole = !dies && offset == SIZE;
            if (dies) {
                dies = false;
                exchange.close(); // without an answer
                return;
            }
        }
        exchange.getResponseHeaders().add("Upload-Offset", Long.toString(offset));
        exchange.getResponseHeaders().add("Upload-Complete", whole ? "?1" : "?0");
        exchange.sendResponseHeaders(204, -1);
        exchange.close();
    }
}
