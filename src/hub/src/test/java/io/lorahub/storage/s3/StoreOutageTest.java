package io.lorahub.storage.s3;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.sun.net.httpserver.HttpServer;
import io.lorahub.storage.directory.DirectoryStore;
import io.lorahub.storage.directory.DirectoryStore.DirectoryFailures;
import io.lorahub.storage.object.NoSuchObjectException;
import io.lorahub.storage.object.ObjectKey;
import io.lorahub.storage.object.ObjectStore;
import io.lorahub.storage.object.StagedFile;
import io.lorahub.storage.object.StorageException;
import io.lorahub.storage.object.StoreFullException;
import io.lorahub.storage.object.StoreUnavailableException;
import io.lorahub.testsupport.hostile.GeneratedInput;
import io.lorahub.testsupport.server.BreakingProxy;
import io.lorahub.testsupport.server.S3ProxyServer;
import io.lorahub.testsupport.server.S3Server;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.io.TempDir;

/** An outage is distinguished from a missing object, for a folder and for S3 servers. */
class StoreOutageTest {

    private static final String KEY = "notes/hello.txt";

    @TempDir
    Path temporary;

    @Test
    void a_missing_object_is_named_and_is_no_outage() {
        String key = ObjectKey.blob("0".repeat(64));
        ObjectStore store = new DirectoryStore(temporary.resolve("objects"));

        assertThatExceptionOfType(NoSuchObjectException.class)
                .isThrownBy(() -> store.open(key))
                .satisfies(e -> assertThat(e.key()).isEqualTo(key))
                .satisfies(e -> assertThat(e.sha256()).contains("0".repeat(64)));
    }

    @Test
    void a_folder_that_is_no_longer_mounted_is_an_outage() throws IOException {
        Path root = temporary.resolve("objects");
        ObjectStore store = new DirectoryStore(root);
        StagedFile staged = store.stage(text("hello"), 5);
        Files.move(root, temporary.resolve("elsewhere"));
        Files.createDirectory(root);

        assertThatExceptionOfType(StoreUnavailableException.class).isThrownBy(() -> store.open(KEY));
        assertThatExceptionOfType(StoreUnavailableException.class).isThrownBy(() -> store.stat(KEY));
        assertThatExceptionOfType(StoreUnavailableException.class).isThrownBy(() -> store.localPath(KEY));
        assertThatExceptionOfType(StoreUnavailableException.class).isThrownBy(() -> store.publish(staged, KEY));
        assertThatExceptionOfType(StoreUnavailableException.class).isThrownBy(() -> store.stage(text("hello"), 5));
    }

    static boolean hasFullDevice() {
        return Files.exists(Path.of("/dev/full"));
    }

    @Test
    @EnabledIf("hasFullDevice")
    void a_full_disk_is_told() {
        Path full = Path.of("/dev/full");
        StorageException failure = null;
        try (OutputStream out = Files.newOutputStream(full)) {
            out.write(1);
        } catch (IOException e) {
            failure = new DirectoryFailures(temporary).of("be written", full, e);
        }

        assertThat(failure).isInstanceOf(StoreFullException.class).hasMessageContaining("no space left");
    }

    @Test
    void an_s3_server_that_has_gone_is_an_outage() throws IOException {
        HttpServer server = answering(200);
        ObjectStore store = store(server, S3ProxyServer.shared());
        server.stop(0);

        assertThatExceptionOfType(StoreUnavailableException.class)
                .isThrownBy(() -> store.stage(text("hello"), 5))
                .withMessageContaining("cannot be reached");
        assertThatExceptionOfType(StoreUnavailableException.class).isThrownBy(() -> store.stat(KEY));
        assertThatExceptionOfType(StoreUnavailableException.class).isThrownBy(() -> store.open(KEY));
        assertThatExceptionOfType(StoreUnavailableException.class).isThrownBy(() -> store.delete(KEY));
        assertThatExceptionOfType(StoreUnavailableException.class)
                .isThrownBy(() -> store.list("").toList());
    }

    @Test
    void an_s3_server_that_breaks_off_an_object_is_an_outage() throws IOException {
        S3Server server = S3ProxyServer.shared();
        long size = 4 << 20;
        try (BreakingProxy way = new BreakingProxy(URI.create(server.endpoint()))) {
            ObjectStore store = store(way.address().toString(), server, Duration.ofSeconds(30));
            store.publish(store.stage(new GeneratedInput(size), size), KEY);
            way.breakDownAfter(1 << 20);

            assertThatExceptionOfType(StoreUnavailableException.class).isThrownBy(() -> {
                try (InputStream in = store.open(KEY)) {
                    in.readAllBytes();
                }
            });
        }
    }

    @Test
    void an_s3_server_that_does_not_answer_in_time_is_an_outage() throws IOException {
        try (ServerSocket silent = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
            String address = "http://127.0.0.1:" + silent.getLocalPort();

            assertThatExceptionOfType(StoreUnavailableException.class)
                    .isThrownBy(() -> store(address, S3ProxyServer.shared(), Duration.ofMillis(200)))
                    .withMessageContaining("in time");
        }
    }

    @Test
    void an_s3_server_that_refuses_the_keys_is_an_outage() {
        S3Server right = S3ProxyServer.shared();
        S3Server wrong = new S3Server(right.endpoint(), right.accessKey(), "not-the-secret");

        assertThatExceptionOfType(StoreUnavailableException.class)
                .isThrownBy(() -> store(right.endpoint(), wrong, Duration.ofSeconds(30)));
    }

    @Test
    void an_s3_server_without_space_is_told() throws IOException {
        HttpServer server = answering(507);
        try {
            assertThatExceptionOfType(StoreFullException.class)
                    .isThrownBy(() -> store(server, S3ProxyServer.shared()).stage(text("hello"), 5))
                    .withMessageContaining("no space left");
        } finally {
            server.stop(0);
        }
    }

    /** One that has every bucket and answers to all that is written with this status. */
    private static HttpServer answering(int status) throws IOException {
        byte[] answer = "<Error><Code>XMinioStorageFull</Code></Error>".getBytes(StandardCharsets.UTF_8);
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", exchange -> {
            exchange.getRequestBody().readAllBytes();
            boolean write = exchange.getRequestMethod().equals("PUT");
            exchange.getResponseHeaders().add("Content-Type", "application/xml");
            exchange.sendResponseHeaders(write ? status : 200, write ? answer.length : -1);
            if (write) exchange.getResponseBody().write(answer);
            exchange.close();
        });
        server.start();
        return server;
    }

    private static ObjectStore store(HttpServer server, S3Server keys) {
        return store("http://127.0.0.1:" + server.getAddress().getPort(), keys, Duration.ofSeconds(30));
    }

    private static ObjectStore store(String endpoint, S3Server server, Duration timeout) {
        return new S3Store(new S3Settings(
                endpoint, "test-" + UUID.randomUUID(), server.accessKey(), server.secretKey(), "us-east-1", timeout));
    }

    private static InputStream text(String text) {
        return new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8));
    }
}
