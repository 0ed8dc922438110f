package io.lorahub.testsupport.server;

import io.lorahub.testsupport.Checkout;
import io.quarkus.test.common.QuarkusTestResourceLifecycleManager;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * A real Keycloak with the realm of {@code keycloak/realm.json}, for a hub that signs in through it. The build unpacks
 * it to {@code target/keycloak}; where it is not, the hub has no sign-in of an organisation.
 */
public final class KeycloakServer implements QuarkusTestResourceLifecycleManager {

    private static final Path UNPACKED = Checkout.path("target/keycloak");
    private static final Duration PATIENCE = Duration.ofMinutes(4);

    private Process process;

    /** The folder of the distribution, whose name holds its version. */
    public static Optional<Path> home() {
        if (!Files.isDirectory(UNPACKED)) return Optional.empty();
        try (Stream<Path> folders = Files.list(UNPACKED)) {
            return folders.filter(folder -> Files.exists(folder.resolve("bin/kc.sh")))
                    .map(Path::toAbsolutePath)
                    .findFirst();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public Map<String, String> start() {
        return home().map(this::start).orElse(Map.of());
    }

    private Map<String, String> start(Path home) {
        try {
            int port = freePort();
            importRealm(home);
            process = launch(home, port);
            URI issuer = URI.create("http://localhost:" + port + "/realms/university");
            waitFor(issuer);
            return Map.of(
                    "lorahub.oidc.issuer", issuer.toString(),
                    "lorahub.oidc.client-id", "lorahub",
                    "lorahub.oidc.client-secret", "a-secret-of-tests",
                    "lorahub.oidc.name", "University");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void importRealm(Path home) throws IOException {
        Path realms = Files.createDirectories(home.resolve("data/import"));
        Files.copy(
                Checkout.path("src/hub/src/test/resources/keycloak/realm.json"),
                realms.resolve("realm.json"),
                StandardCopyOption.REPLACE_EXISTING);
    }

    private static Process launch(Path home, int port) throws IOException {
        ProcessBuilder builder = new ProcessBuilder(
                        home.resolve("bin/kc.sh").toString(),
                        "start-dev",
                        "--import-realm",
                        "--db=dev-mem",
                        "--http-host=127.0.0.1",
                        "--http-port=" + port)
                .redirectErrorStream(true)
                .redirectOutput(Checkout.path("target/keycloak.log").toFile());
        builder.environment().put("JAVA_OPTS_KC_HEAP", "-Xms64m -Xmx512m");
        builder.environment().put("JAVA_OPTS_APPEND", "-XX:TieredStopAtLevel=1");
        return builder.start();
    }

    private void waitFor(URI issuer) {
        HttpClient client = HttpClient.newHttpClient();
        HttpRequest request = HttpRequest.newBuilder(URI.create(issuer + "/.well-known/openid-configuration"))
                .timeout(Duration.ofSeconds(5))
                .build();
        Instant end = Instant.now().plus(PATIENCE);
        while (!answers(client, request)) {
            if (!process.isAlive() || Instant.now().isAfter(end)) {
                stop();
                throw new IllegalStateException("Keycloak did not start; see target/keycloak.log.");
            }
            pause();
        }
    }

    private static boolean answers(HttpClient client, HttpRequest request) {
        try {
            return client.send(request, HttpResponse.BodyHandlers.discarding()).statusCode() == 200;
        } catch (IOException e) {
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while Keycloak starts", e);
        }
    }

    /** Until the process ends, but not long. */
    private void pause() {
        try {
            process.waitFor(200, TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while Keycloak starts", e);
        }
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }

    /** The script has started a Java of its own. */
    @Override
    public void stop() {
        if (process == null) return;
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly();
    }
}
