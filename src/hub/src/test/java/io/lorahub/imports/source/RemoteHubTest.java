package io.lorahub.imports.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import io.lorahub.testsupport.server.OtherHub;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RemoteHubTest {

    private static final String PASSWORD = "changeit";

    @TempDir
    Path folder;

    @Test
    void a_certificate_of_an_unknown_authority_is_named_and_not_tried_again() throws Exception {
        HttpsServer server = HttpsServer.create(new InetSocketAddress(InetAddress.getByName("127.0.0.1"), 0), 0);
        server.setHttpsConfigurator(new HttpsConfigurator(selfSigned()));
        server.start();
        try {
            URI address = URI.create("https://127.0.0.1:" + server.getAddress().getPort());
            ImportConfig config = AllowedHostsTest.config(List.of(address.toString()));
            RemoteHub hub = new RemoteHub(new AllowedHosts(config), config, () -> false);

            assertThatThrownBy(() -> hub.listing(new RemoteHub.Source(address, "ada/past", null), "main", () -> true))
                    .isInstanceOfSatisfying(
                            RemoteHubException.class,
                            e -> assertThat(e.isPassing()).isFalse())
                    .hasMessageContaining("doesn't trust the certificate of 127.0.0.1:");
        } finally {
            server.stop(0);
        }
    }

    @Test
    void a_list_of_files_with_too_many_values_is_refused_by_name() throws Exception {
        URI address = URI.create("http://127.0.0.1:" + freePort());
        ImportConfig config = AllowedHostsTest.config(List.of(address.toString()));
        RemoteHub hub = new RemoteHub(new AllowedHosts(config), config, () -> false);
        String listing = "{\"siblings\": [], \"sha\": \"%s\", \"tags\": [0%s]}"
                .formatted("a".repeat(40), ",0".repeat(RemoteJson.MOST_TOKENS));
        try (OtherHub other = new OtherHub(address)) {
            other.at("/api/models/ada/past/revision/main", listing.getBytes(StandardCharsets.UTF_8));

            assertThatThrownBy(() -> hub.listing(new RemoteHub.Source(address, "ada/past", null), "main", () -> true))
                    .isInstanceOfSatisfying(
                            RemoteHubException.class,
                            e -> assertThat(e.isPassing()).isFalse())
                    .hasMessageStartingWith("The list of files of ada/past is too large for this hub: ");
        } finally {
            hub.stop();
        }
    }

    @Test
    void a_read_that_waits_for_bytes_ends_when_they_are_no_longer_wanted() throws Exception {
        URI address = URI.create("http://127.0.0.1:" + freePort());
        ImportConfig config = AllowedHostsTest.config(List.of(address.toString()));
        RemoteHub hub = new RemoteHub(new AllowedHosts(config), config, () -> false);
        AtomicBoolean needed = new AtomicBoolean(true);
        CountDownLatch silent = new CountDownLatch(1);
        try (OtherHub other = new OtherHub(address)) {
            other.once("/ada/past/resolve/main/file", exchange -> {
                exchange.sendResponseHeaders(200, 1000);
                exchange.getResponseBody().write(1);
                exchange.getResponseBody().flush();
                OtherHub.await(silent);
            });
            try (RemoteTransfer file =
                    hub.open(new RemoteHub.Source(address, "ada/past", null), "main", "file", 0, 1000, needed::get)) {
                assertThat(file.read()).isOne();
                needed.set(false);

                assertThatThrownBy(file::read).isInstanceOf(IOException.class);
                assertThat(file.ended())
                        .hasValueSatisfying(
                                ended -> assertThat(ended).hasMessageContaining("was lost while file arrived"));
            }
            silent.countDown();
        } finally {
            hub.stop();
        }
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    private SSLContext selfSigned() throws Exception {
        Path file = folder.resolve("key.p12");
        Path keytool = Path.of(System.getProperty("java.home"), "bin", "keytool");
        new ProcessBuilder(
                        keytool.toString(),
                        "-genkeypair",
                        "-alias",
                        "hub",
                        "-keyalg",
                        "EC",
                        "-dname",
                        "CN=hub",
                        "-ext",
                        "san=ip:127.0.0.1",
                        "-keystore",
                        file.toString(),
                        "-storepass",
                        PASSWORD)
                .inheritIO()
                .start()
                .waitFor();
        KeyStore keys = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(file)) {
            keys.load(in, PASSWORD.toCharArray());
        }
        KeyManagerFactory managers = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        managers.init(keys, PASSWORD.toCharArray());
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(managers.getKeyManagers(), null, null);
        return context;
    }
}
