package io.lorahub.uploadcheck;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.lorahub.adapter.publication.CheckReport;
import io.lorahub.engine.checkpoint.AdapterFolder;
import io.lorahub.engine.checkpoint.TorchCheckpoint;
import io.lorahub.engine.error.EngineException;
import io.lorahub.engine.fingerprint.FingerprintBytes;
import io.lorahub.engine.inspection.CheckResult;
import io.lorahub.engine.lora.FileHashes;
import io.lorahub.engine.lora.check.BaseCopies;
import io.lorahub.engine.lora.config.CheckFinding;
import io.lorahub.engine.safetensors.SafetensorsWriter;
import io.lorahub.engine.safetensors.TensorData;
import io.lorahub.engine.tokenizer.JsonFile;
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
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
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
        return new CheckResponse(checkup.facts(), checks, fingerprint, conversion.done(), sha256, copies(folder), null);
    }

    private static SortedMap<String, BaseCopies.Hash> copies(Path folder) {
        try (AdapterFolder adapter = AdapterFolder.open(folder)) {
            return BaseCopies.hashes(adapter.weights(), JsonFile.read(adapter.config()));
        } catch (EngineException e) {
            return new TreeMap<>(); // the inspection reports the reason
        }
    }

    /**
     * Converts pickled weights to safetensors, so that nobody needs to load a pickle.
     *
     * @param done whether the new file is next to the old one
     * @param results to report; empty if there was nothing to convert, or the weights cannot be read
     */
    private record Conversion(boolean done, List<CheckResult> results) {

        private static final String ID = "conversion";
        private static final String TITLE = "Weights as safetensors";
        private static final Conversion NONE = new Conversion(false, List.of());

        /** Tensors in a pickled file can share their numbers, so a few bytes could otherwise fill a disk. */
        private static final int MAX_GROWTH = 4;

        private static final long ALWAYS_TAKEN = 10_000_000;

        static Conversion in(Path folder) throws IOException {
            Path safetensors = folder.resolve(AdapterFolder.WEIGHTS.get(0));
            Path pickled = folder.resolve(AdapterFolder.WEIGHTS.get(1));
            if (Files.exists(safetensors) || !Files.exists(pickled)) return NONE;
            try (TorchCheckpoint checkpoint = TorchCheckpoint.open(pickled)) {
                long bytes = checkpoint.names().stream()
                        .mapToLong(name -> checkpoint.info(name).bytes())
                        .reduce(0, Math::addExact);
                if (bytes > Math.max(ALWAYS_TAKEN, MAX_GROWTH * Files.size(pickled)))
                    return told(false, tooLarge(bytes));
                Map<String, TensorData> tensors = new LinkedHashMap<>();
                checkpoint.names().forEach(name -> tensors.put(name, checkpoint.tensor(name)));
                SafetensorsWriter.write(safetensors, tensors, Map.of("format", "pt"));
                return told(
                        true,
                        CheckFinding.info(
                                "converted",
                                AdapterFolder.WEIGHTS.get(1),
                                "adapter_model.bin was converted to adapter_model.safetensors; the original is not kept."));
            } catch (EngineException e) {
                return NONE; // the inspection reads the same file and reports the reason
            } catch (ArithmeticException e) {
                return told(false, tooLarge(Long.MAX_VALUE));
            }
        }

        private static Conversion told(boolean done, CheckFinding finding) {
            return new Conversion(done, List.of(CheckResult.of(ID, TITLE, List.of(finding))));
        }

        private static CheckFinding tooLarge(long bytes) {
            return CheckFinding.error(
                    "conversion-too-large",
                    AdapterFolder.WEIGHTS.get(1),
                    "Its tensors share storage; as safetensors they would take %,d bytes.".formatted(bytes),
                    "Save the adapter as safetensors with PEFT's save_pretrained, and send that.");
        }
    }
}
