package io.lorahub.childprocess;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/**
 * The loop of a child process: each line on standard input is a request, each line on standard output an {@link Answer}.
 * It ends when its input ends, for example because the hub was killed, or when it runs out of memory.
 */
public final class ChildMain {

    /** The exit status that the JVM itself uses with {@code -XX:+ExitOnOutOfMemoryError}. */
    static final int OUT_OF_MEMORY = 3;

    /** Maximum time without a request. The hub reuses only processes that have been idle for much less. */
    static final Duration LONGEST_IDLE = Duration.ofMinutes(2);

    static final ObjectMapper JSON = new ObjectMapper();

    private ChildMain() {}

    /**
     * @param value null if the work failed
     * @param failure why it failed, for the log; null if it did not
     */
    record Answer(JsonNode value, String failure) {}

    /** The work that a child process does for one request. */
    @FunctionalInterface
    public interface Work<Q, A> {
        A answer(Q request) throws IOException;
    }

    /** Answers requests until the input ends. */
    public static <Q, A> void serve(Class<Q> type, Work<Q, A> work) throws InterruptedException, IOException {
        Locale.setDefault(Locale.ROOT); // as the hub
        PrintStream answers = System.out;
        System.setOut(System.err);
        BlockingQueue<String> requests = new LinkedBlockingQueue<>();
        Thread reader = new Thread(() -> read(requests), "requests");
        reader.setDaemon(true);
        reader.start();
        String request = requests.poll(LONGEST_IDLE.toMillis(), TimeUnit.MILLISECONDS);
        while (request != null) {
            answers.write((answer(request, type, work) + "\n").getBytes(StandardCharsets.UTF_8));
            answers.flush();
            request = requests.poll(LONGEST_IDLE.toMillis(), TimeUnit.MILLISECONDS);
        }
    }

    /** Ends the process as the JVM does when it is out of memory, for memory that the JVM doesn't manage. */
    public static void endForMemory() {
        Runtime.getRuntime().halt(OUT_OF_MEMORY);
    }

    /** Halts at the end of the input, even in the middle of the work. */
    private static void read(BlockingQueue<String> requests) {
        try (BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8))) {
            for (String line = in.readLine(); line != null; line = in.readLine()) requests.add(line);
        } catch (IOException e) {
            // the hub is gone
        }
        Runtime.getRuntime().halt(0);
    }

    private static <Q, A> String answer(String request, Class<Q> type, Work<Q, A> work) throws IOException {
        try {
            A value = work.answer(JSON.readValue(request, type));
            return JSON.writeValueAsString(new Answer(JSON.valueToTree(value), null));
        } catch (OutOfMemoryError e) {
            endForMemory(); // direct memory, which the JVM option does not cover
            throw e;
        } catch (IOException | RuntimeException | StackOverflowError e) {
            StringWriter trace = new StringWriter();
            e.printStackTrace(new PrintWriter(trace));
            return JSON.writeValueAsString(new Answer(null, trace.toString()));
        }
    }
}
