package io.lorahub.testsupport.server;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.commons.io.file.PathUtils;

/** A server in a process of its own, with a folder of its own under target; both end with this JVM. */
public final class ServerProcess {

    private static final Duration PATIENCE = Duration.ofMinutes(2);
    private static final Duration PAUSE = Duration.ofMillis(50);

    private final String name;
    private final Path folder;
    private final Process process;

    private ServerProcess(String name, Path folder, Process process) {
        this.name = name;
        this.folder = folder;
        this.process = process;
    }

    /** A folder for the data of a server. */
    public static Path newFolder(String name) {
        try {
            return Files.createTempDirectory(Files.createDirectories(Path.of("target")), name + "-")
                    .toAbsolutePath();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public static int freePort() {
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * Returns when the address answers with anything but an error of the server.
     *
     * @param folder from {@link #newFolder}; deleted at the end
     */
    public static ServerProcess start(Path folder, List<String> command, Map<String, String> environment, URI address) {
        String name = folder.getFileName().toString();
        ProcessBuilder builder = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(log(folder).toFile());
        builder.environment().putAll(environment);
        try {
            ServerProcess server = new ServerProcess(name, folder, builder.start());
            Runtime.getRuntime().addShutdownHook(new Thread(server::stop));
            server.awaitAnswer(address);
            return server;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("The test was interrupted while %s started.".formatted(name), e);
        }
    }

    private static Path log(Path folder) {
        return folder.resolve("server.log");
    }

    private void awaitAnswer(URI address) throws IOException, InterruptedException {
        Instant end = Instant.now().plus(PATIENCE);
        while (!answers(address)) {
            if (process.waitFor(PAUSE.toMillis(), TimeUnit.MILLISECONDS)
                    || Instant.now().isAfter(end)) {
                throw new IllegalStateException(
                        "%s did not start; it said: %s".formatted(name, Files.readString(log(folder))));
            }
        }
    }

    private static boolean answers(URI address) throws InterruptedException {
        HttpRequest request =
                HttpRequest.newBuilder(address).timeout(Duration.ofSeconds(5)).build();
        try {
            return HttpClient.newHttpClient()
                            .send(request, BodyHandlers.discarding())
                            .statusCode()
                    < 500;
        } catch (IOException e) {
            return false;
        }
    }

    /** Ends it as a crash does; its folder stays for the next start. */
    public void kill() {
        try {
            process.destroyForcibly().waitFor();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Ends it; its folder goes. */
    public void stop() {
        try {
            process.destroy();
            if (!process.waitFor(5, TimeUnit.SECONDS)) process.destroyForcibly().waitFor();
            if (Files.exists(folder)) PathUtils.deleteDirectory(folder);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
