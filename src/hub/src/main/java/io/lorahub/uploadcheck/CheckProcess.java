package io.lorahub.uploadcheck;

import io.lorahub.uploadcheck.CheckAbortedException.Reason;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BooleanSupplier;

/** A running {@link CheckMain}, which performs one check at a time. After a failure it cannot be used again. */
final class CheckProcess implements AutoCloseable {

    /** How often to check whether the answer is still needed. */
    private static final Duration LOOK = Duration.ofMillis(250);

    /**
     * Elapsed time after which a check is ended, in multiples of its processor time. On a busy machine a check that has
     * hardly computed is not the fault of its files, but one that hangs must end too.
     */
    private static final int LONGEST_WAIT = 10;

    /**
     * Maximum length of an answer in bytes. It exceeds the facts and findings of any usable adapter, but a hostile one
     * must not fill the hub's memory.
     */
    private static final int LONGEST_ANSWER = 8_000_000;

    /**
     * Exit status for SIGKILL (128 + 9): when a machine runs out of memory, the system kills the process that uses most
     * of it.
     */
    private static final int KILLED = 137;

    /** How long the process may take to exit after its output ends. */
    private static final Duration LAST_MOMENTS = Duration.ofSeconds(5);

    private final Process process;
    private long idleSince = System.nanoTime();

    private CheckProcess(Process process) {
        this.process = process;
    }

    /** @param environment the complete environment of the process, which must not receive the hub's secrets */
    static CheckProcess start(List<String> command, Map<String, String> environment) {
        ProcessBuilder builder = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD);
        builder.environment().clear();
        builder.environment().putAll(environment);
        try {
            return new CheckProcess(builder.start());
        } catch (IOException e) {
            throw new IllegalStateException("No process for the checks of uploads could be started.", e);
        }
    }

    /** @throws CheckAbortedException if there is no answer */
    CheckResponse ask(CheckRequest request, Duration most, BooleanSupplier wanted) {
        Duration computedBefore = computed();
        long latest = System.nanoTime() + LONGEST_WAIT * most.toNanos();
        CompletableFuture<byte[]> line = new CompletableFuture<>();
        Thread reader = new Thread(() -> exchange(request, line), "check " + process.pid());
        reader.setDaemon(true);
        reader.start();
        while (true) {
            try {
                CheckResponse answer =
                        CheckMain.JSON.readValue(line.get(LOOK.toNanos(), TimeUnit.NANOSECONDS), CheckResponse.class);
                if (answer.failure() != null) throw new CheckAbortedException(Reason.CRASH, answer.failure());
                idleSince = System.nanoTime();
                return answer;
            } catch (TimeoutException e) {
                if (!wanted.getAsBoolean()) throw new CheckAbortedException(Reason.NOT_WANTED, "Nobody waits for it.");
                Duration computed = computed().minus(computedBefore);
                if (computed.compareTo(most) > 0 || System.nanoTime() > latest) {
                    throw new CheckAbortedException(
                            Reason.TIME,
                            "There was no answer after %d s of processor time.".formatted(computed.toSeconds()));
                }
            } catch (ExecutionException | IOException e) {
                throw ended(e);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new CheckAbortedException(Reason.SHUTDOWN, "The hub is shutting down.", e);
            }
        }
    }

    /** Processor time of the process so far; zero on systems that do not tell it. */
    private Duration computed() {
        return process.info().totalCpuDuration().orElse(Duration.ZERO);
    }

    private void exchange(CheckRequest request, CompletableFuture<byte[]> line) {
        try {
            OutputStream out = process.getOutputStream();
            out.write((CheckMain.JSON.writeValueAsString(request) + "\n").getBytes(StandardCharsets.UTF_8));
            out.flush();
            line.complete(line(process.getInputStream()));
        } catch (IOException | RuntimeException e) {
            line.completeExceptionally(e);
        }
    }

    private static byte[] line(InputStream in) throws IOException {
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        for (int b = in.read(); b != '\n'; b = in.read()) {
            if (b < 0) throw new IOException("It ended without an answer.");
            if (line.size() == LONGEST_ANSWER) throw new IOException("Its answer is too long.");
            line.write(b);
        }
        return line.toByteArray();
    }

    private CheckAbortedException ended(Exception e) {
        if (!endsByItself()) return new CheckAbortedException(Reason.CRASH, "Its answer is invalid.", e);
        int status = process.exitValue();
        Reason reason = status == CheckMain.OUT_OF_MEMORY || status == KILLED ? Reason.MEMORY : Reason.CRASH;
        return new CheckAbortedException(reason, "It ended with status %d.".formatted(status), e);
    }

    private boolean endsByItself() {
        try {
            return process.waitFor(LAST_MOMENTS.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    /** Whether the process can be reused: it is alive and not about to end because of idleness. */
    boolean isFresh() {
        return process.isAlive() && System.nanoTime() - idleSince < CheckMain.LONGEST_IDLE.toNanos() / 2;
    }

    ProcessHandle handle() {
        return process.toHandle();
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }
}
