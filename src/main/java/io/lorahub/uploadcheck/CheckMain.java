package io.lorahub.uploadcheck;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.lorahub.adapter.publication.CheckReport;
import io.lorahub.engine.fingerprint.FingerprintBytes;
import io.lorahub.engine.inspection.CheckResult;
import io.lorahub.engine.lora.FileHashes;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * A process that reads untrusted files: each line on standard input is a {@link CheckRequest}, each line on standard
 * output a {@link CheckResponse}. It ends when its input ends, for example because the hub was killed, or when it runs
 * out of memory.
 */
public final class CheckMain {

    /** The exit status that the JVM itself uses with {@code -XX:+ExitOnOutOfMemoryError}. */
    static final int OUT_OF_MEMORY = 3;

    /** Maximum time without a request. The hub reuses only processes that have been idle for much less. */
    static final Duration LONGEST_IDLE = Duration.ofMinutes(2);

    static final ObjectMapper JSON = new ObjectMapper();

    private CheckMain() {}

    public static void main(String[] args) throws InterruptedException, IOException {
        PrintStream answers = System.out;
        System.setOut(System.err);
        BlockingQueue<String> requests = new LinkedBlockingQueue<>();
        Thread reader = new Thread(() -> read(requests), "requests");
        reader.setDaemon(true);
        reader.start();
        String request = requests.poll(LONGEST_IDLE.toMillis(), TimeUnit.MILLISECONDS);
        while (request != null) {
            answers.write((answer(request) + "\n").getBytes(StandardCharsets.UTF_8));
            answers.flush();
            request = requests.poll(LONGEST_IDLE.toMillis(), TimeUnit.MILLISECONDS);
        }
    }

    /** Halts at the end of the input, even in the middle of a check. */
    private static void read(BlockingQueue<String> requests) {
        try (BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8))) {
            for (String line = in.readLine(); line != null; line = in.readLine()) requests.add(line);
        } catch (IOException e) {
            // the hub is gone
        }
        Runtime.getRuntime().halt(0);
    }

    private static String answer(String request) throws IOException {
        try {
            return JSON.writeValueAsString(check(JSON.readValue(request, CheckRequest.class)));
        } catch (OutOfMemoryError e) {
            Runtime.getRuntime().halt(OUT_OF_MEMORY); // direct memory, which the JVM option does not cover
            throw e;
        } catch (IOException | RuntimeException | StackOverflowError e) {
            StringWriter trace = new StringWriter();
            e.printStackTrace(new PrintWriter(trace));
            return JSON.writeValueAsString(CheckResponse.failed(trace.toString()));
        }
    }

    private static CheckResponse check(CheckRequest request) throws IOException {
        Path folder = Path.of(request.folder());
        Map<String, String> sha256;
        try (Stream<Path> files = Files.list(folder)) {
            sha256 = FileHashes.of(files.toList());
        }
        Conversion conversion = Conversion.in(folder);
        CheckReport checkup =
                CheckReport.of(folder, Optional.ofNullable(request.base()).map(BaseShapes::new), request.whyNoBase());
        List<CheckResult> checks = new ArrayList<>(checkup.checks());
        checks.addAll(conversion.results());
        byte[] fingerprint = checkup.fingerprint().map(FingerprintBytes::of).orElse(null);
        return new CheckResponse(checkup.facts(), checks, fingerprint, conversion.done(), sha256, null);
    }
}
