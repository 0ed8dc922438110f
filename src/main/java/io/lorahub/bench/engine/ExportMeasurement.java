package io.lorahub.bench.engine;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.lorahub.bench.process.JavaProcess;
import io.lorahub.bench.process.ProcessMemory;
import io.lorahub.bench.report.BenchOutput;
import io.lorahub.engine.error.EngineException;
import io.lorahub.engine.learning.LearningSession;
import io.lorahub.engine.learning.RunMemory;
import io.lorahub.engine.learning.export.ExportOptions;
import io.lorahub.engine.learning.export.ExportReport;
import io.lorahub.engine.learning.export.MergeExport;
import io.lorahub.engine.lora.LoraAdapter;
import io.lorahub.engine.model.ComposedWeights;
import io.lorahub.engine.model.Compute;
import io.lorahub.engine.model.Precision;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.commons.io.file.PathUtils;

/**
 * Time and memory of writing a mix of all candidates, in a process with a server's options.
 *
 * @param adapters folder of the candidates
 */
record ExportMeasurement(String shape, Path base, Path adapters, Kind kind) {

    /** How the mix is written. */
    enum Kind {
        LOSSLESS(ExportOptions.LOSSLESS),
        RANK_16(new ExportOptions(OptionalInt.of(16), OptionalDouble.empty(), false, false)),
        FUSED(new ExportOptions(OptionalInt.empty(), OptionalDouble.empty(), true, false));

        final ExportOptions options;

        Kind(ExportOptions options) {
            this.options = options;
        }

        String word() {
            return name().toLowerCase(Locale.ROOT).replace('_', ' ');
        }
    }

    /** Limit for a run of the published setting, besides the mapped file of its base model and Java's heap. */
    static final long BOUND_BESIDE_FILE = 1_500_000_000L;

    /** The process: shape, folders of the base model and the adapters, kind; prints JSON. */
    public static void main(String[] args) {
        try {
            System.out.println(new ExportMeasurement(args[0], Path.of(args[1]), Path.of(args[2]), Kind.valueOf(args[3]))
                    .measure());
        } catch (EngineException e) {
            System.err.println(e.getMessage());
            System.exit(3);
        }
    }

    /** Measures in a process of its own and returns what it printed. */
    String inProcess() {
        return JavaProcess.run(JavaProcess.command(
                JavaProcess.SERVER_FLAGS,
                ExportMeasurement.class,
                shape,
                base.toString(),
                adapters.toString(),
                kind.name()));
    }

    private ObjectNode measure() {
        List<LoraAdapter> candidates = LoraAdapter.loadAll(adapters);
        Compute compute = Compute.cpu().with(Precision.FLOAT32);
        Path folder = temporary();
        try (LearningSession session = LearningSession.open(base, candidates, ComposedWeights.EXACT, compute)) {
            RunMemory needed = RunMemory.of(session.base(), Precision.FLOAT32, candidates);
            double[] weights = RandomMixes.dense(candidates.size(), 1);
            ObjectNode result = BenchOutput.JSON.createObjectNode();
            result.put("shape", shape).put("kind", kind.word()).put("candidates", candidates.size());
            ExportReport report;
            try (Peak peak = new Peak()) {
                long start = System.nanoTime();
                report = MergeExport.write(
                        session,
                        weights,
                        List.of(),
                        kind.options,
                        written -> new ObjectMapper().createObjectNode(),
                        folder.resolve("merged"));
                result.put("seconds", (System.nanoTime() - start) / 1e9);
                long file = base.resolve("model.safetensors").toFile().length();
                ObjectNode memory = result.put("rank", report.rank())
                        .put("relative_error", report.relativeError())
                        .put("equal_predictions", report.equal())
                        .put("weights_file_bytes", file)
                        .put("estimated_own_bytes", needed.own())
                        .putObject("memory");
                peak.put(memory);
                long heap =
                        ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getCommitted();
                memory.put("heap_bytes", heap).put("bound_bytes", file + BOUND_BESIDE_FILE);
                ProcessMemory.now()
                        .ifPresent(now -> memory.put("within_bound", now.peak() - heap <= file + BOUND_BESIDE_FILE));
            }
            return result;
        } finally {
            delete(folder);
        }
    }

    private Path temporary() {
        try {
            return Files.createTempDirectory(base.toAbsolutePath().getParent(), "export-");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void delete(Path folder) {
        try {
            PathUtils.deleteDirectory(folder);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The peak of this process's own memory, which the system does not record. */
    private static final class Peak implements AutoCloseable {

        private final CountDownLatch end = new CountDownLatch(1);
        private final Thread thread = new Thread(this::watch, "peak");
        private volatile long most;

        Peak() {
            thread.start();
        }

        private void watch() {
            try {
                do {
                    look();
                } while (!end.await(20, TimeUnit.MILLISECONDS));
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }

        private void look() {
            ProcessMemory.now().ifPresent(now -> most = Math.max(most, now.anonymous()));
        }

        void put(ObjectNode memory) {
            ProcessMemory.now()
                    .ifPresent(now -> memory.put("peak_anonymous_bytes", Math.max(most, now.anonymous()))
                            .put("peak_bytes", now.peak()));
        }

        @Override
        public void close() {
            end.countDown();
        }
    }
}
