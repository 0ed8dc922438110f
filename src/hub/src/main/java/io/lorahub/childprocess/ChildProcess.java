package io.lorahub.childprocess;

import com.fasterxml.jackson.databind.JsonNode;
import io.lorahub.childprocess.ChildAbortedException.Reason;
import io.lorahub.childprocess.ChildMain.Answer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BooleanSupplier;
import java.util.regex.Pattern;

/** A running {@link ChildMain}, which answers one request at a time. After a failure it cannot be used again. */
final class ChildProcess implements AutoCloseable {

    /** How often to check whether the answer is still needed. */
    private static final Duration POLL = Duration.ofMillis(250);

    /**
     * Elapsed time after which the work is ended, in multiples of its processor time. On a busy machine work that has
     * hardly computed is not the fault of its files, but work that hangs must end too.
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

    /** Characters of the standard error output that are kept. */
    private static final int LAST_WORDS = 4_000;

    /** What the JVM, Rust's and C++'s libraries say last if they get no more memory. */
    private static final Pattern NO_MEMORY =
            Pattern.compile("insufficient memory|memory allocation of \\d+ bytes failed|bad_alloc|OutOfMemoryError");

    private final ChildProgram program;
    private final Process process;
    private final Thread listener;
    private final StringBuffer lastWords = new StringBuffer();
    private long idleSince = System.nanoTime();

    private ChildProcess(ChildProgram program, Process process) {
        this.program = program;
        this.process = process;
        listener = new Thread(this::listen, "errors of child " + process.pid());
        listener.setDaemon(true);
    }

    /** @param environment the complete environment of the process, which must not receive the hub's secrets */
    static ChildProcess start(ChildProgram program, List<String> command, Map<String, String> environment) {
        ProcessBuilder builder = new ProcessBuilder(command);
        builder.environment().clear();
        builder.environment().putAll(environment);
        try {
            ChildProcess started = new ChildProcess(program, builder.start());
            started.listener.start();
            return started;
        } catch (IOException e) {
            throw new IllegalStateException("No process for untrusted files could be started.", e);
        }
    }

    private void listen() {
        try (Reader errors = process.errorReader()) {
            char[] some = new char[LAST_WORDS];
            for (int count = errors.read(some); count >= 0; count = errors.read(some)) {
                lastWords.append(some, 0, count);
                lastWords.delete(0, Math.max(0, lastWords.length() - LAST_WORDS));
            }
        } catch (IOException e) {
            // it has ended
        }
    }

    /** @throws ChildAbortedException if there is no answer */
    JsonNode ask(Object request, Duration most, BooleanSupplier needed) {
        Duration computedBefore = computed();
        long latest = System.nanoTime() + LONGEST_WAIT * most.toNanos();
        CompletableFuture<byte[]> line = new CompletableFuture<>();
        Thread reader = new Thread(() -> exchange(request, line), "child " + process.pid());
        reader.setDaemon(true);
        reader.start();
        while (true) {
            try {
                Answer answer = ChildMain.JSON.readValue(line.get(POLL.toNanos(), TimeUnit.NANOSECONDS), Answer.class);
                if (answer.failure() != null) throw new ChildAbortedException(Reason.CRASH, answer.failure());
                idleSince = System.nanoTime();
                return answer.value();
            } catch (TimeoutException e) {
                if (!needed.getAsBoolean()) throw new ChildAbortedException(Reason.NOT_NEEDED, "Nobody waits for it.");
                Duration computed = computed().minus(computedBefore);
                if (computed.compareTo(most) > 0 || System.nanoTime() > latest) {
                    throw new ChildAbortedException(
                            Reason.TIME,
                            "There was no answer after %d s of processor time.".formatted(computed.toSeconds()));
                }
            } catch (ExecutionException | IOException e) {
                throw ended(e);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new ChildAbortedException(Reason.SHUTDOWN, "The hub is shutting down.", e);
            }
        }
    }

    /** Processor time of the process so far; zero on systems that do not tell it. */
    private Duration computed() {
        return process.info().totalCpuDuration().orElse(Duration.ZERO);
    }

    private void exchange(Object request, CompletableFuture<byte[]> line) {
        try {
            OutputStream out = process.getOutputStream();
            out.write((ChildMain.JSON.writeValueAsString(request) + "\n").getBytes(StandardCharsets.UTF_8));
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

    private ChildAbortedException ended(Exception e) {
        if (!endsByItself()) return new ChildAbortedException(Reason.CRASH, "Its answer is invalid.", e);
        int status = process.exitValue();
        boolean memory = status == ChildMain.OUT_OF_MEMORY
                || status == KILLED
                || NO_MEMORY.matcher(lastWords).find();
        return new ChildAbortedException(
                memory ? Reason.MEMORY : Reason.CRASH,
                "It ended with status %d. %s".formatted(status, lastWords).strip(),
                e);
    }

    private boolean endsByItself() {
        try {
            if (!process.waitFor(LAST_MOMENTS.toMillis(), TimeUnit.MILLISECONDS)) return false;
            listener.join(LAST_MOMENTS.toMillis());
            return true;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    /** Whether the process can be reused: it is alive and not about to end because of idleness. */
    boolean isFresh() {
        return process.isAlive() && System.nanoTime() - idleSince < ChildMain.LONGEST_IDLE.toNanos() / 2;
    }

    ChildProgram program() {
        return program;
    }

    ProcessHandle handle() {
        return process.toHandle();
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }
}
