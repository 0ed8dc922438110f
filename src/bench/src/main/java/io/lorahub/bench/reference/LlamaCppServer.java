package io.lorahub.bench.reference;

import io.lorahub.engine.error.EngineException;
import io.lorahub.engine.model.Precision;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/** A llama-server with a model and its adapters. What goes wrong in it is an UnavailableException. */
final class LlamaCppServer implements AutoCloseable {

    private static final Duration START = Duration.ofMinutes(5);
    private static final Duration END = Duration.ofSeconds(10);

    private final Process process;
    private final Path log;
    private final LlamaCppClient client;

    private LlamaCppServer(Process process, Path log, LlamaCppClient client) {
        this.process = process;
        this.log = log;
        this.client = client;
    }

    /**
     * Returns when it answers.
     *
     * @param clients the number of texts that it writes at once
     * @param tokens  of each text, with its prompt
     * @param threads 0 for what it chooses itself
     */
    static LlamaCppServer start(
            LlamaCpp program, LlamaCpp.Model model, Precision precision, int clients, int tokens, int threads) {
        try {
            int port = freePort();
            // a context of each client's own; a multiple of 256 is what the server makes of it
            int context = clients * ((tokens + 255) / 256 * 256);
            List<String> command = new ArrayList<>(List.of(program.server().toString(), "--offline"));
            command.addAll(List.of("--host", "127.0.0.1", "--port", String.valueOf(port)));
            command.addAll(List.of("--model", model.base().toString(), "--lora", files(model.adapters())));
            command.addAll(List.of("--parallel", String.valueOf(clients), "--ctx-size", String.valueOf(context)));
            // the requests' texts only: nothing is kept for later ones
            command.addAll(List.of("--cache-ram", "0"));
            if (precision == Precision.FLOAT32) {
                command.addAll(List.of("--cache-type-k", "f32", "--cache-type-v", "f32"));
            }
            if (threads > 0) command.addAll(List.of("--threads", String.valueOf(threads)));
            Path log = Files.createTempFile("lorahub-llama-server-", ".log");
            ProcessBuilder builder = new ProcessBuilder(command);
            PublishedProgram.withUsersEnvironment(builder);
            Process process = builder.redirectErrorStream(true)
                    .redirectOutput(log.toFile())
                    .start();
            LlamaCppServer server =
                    new LlamaCppServer(process, log, new LlamaCppClient(URI.create("http://127.0.0.1:" + port)));
            server.awaitStart();
            return server;
        } catch (IOException e) {
            throw new UnavailableException("llama-server cannot be started: %s.".formatted(EngineException.reason(e)));
        }
    }

    private static String files(List<Path> adapters) {
        return adapters.stream().map(Path::toString).collect(Collectors.joining(","));
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    private void awaitStart() throws IOException {
        long end = System.nanoTime() + START.toNanos();
        try {
            while (!client.isReady()) {
                if (process.waitFor(100, TimeUnit.MILLISECONDS)) {
                    List<String> lines = Files.readAllLines(log);
                    throw failed("ended with \"%s\"".formatted(lines.isEmpty() ? "" : lines.get(lines.size() - 1)));
                }
                if (System.nanoTime() > end) throw failed("did not answer in %d minutes".formatted(START.toMinutes()));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            close();
            throw new EngineException("The start of llama-server was interrupted.", e);
        }
    }

    private UnavailableException failed(String how) {
        close();
        return new UnavailableException("llama-server %s.".formatted(how));
    }

    LlamaCppClient client() {
        return client;
    }

    @Override
    public void close() {
        client.close();
        process.destroy();
        try {
            if (!process.waitFor(END.toSeconds(), TimeUnit.SECONDS)) process.destroyForcibly();
            Files.deleteIfExists(log);
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        } catch (IOException e) {
            throw new EngineException("%s cannot be deleted: %s.".formatted(log, EngineException.reason(e)), e);
        }
    }
}
