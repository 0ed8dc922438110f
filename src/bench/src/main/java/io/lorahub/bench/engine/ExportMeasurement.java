package io.lorahub.bench.engine;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.lorahub.bench.process.JavaProcess;
import io.lorahub.bench.process.MemoryWatch;
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
import org.apache.commons.io.file.PathUtils;

/** Time and memory of loading all candidates and writing a mix of them, in a process with a server's options. */
record ExportMeasurement(BenchSubject subject, Kind kind, Precision precision) {

    /** How the mix is written. */
    enum Kind {
        LOSSLESS(ExportOptions.LOSSLESS),
        RANK16(new ExportOptions(OptionalInt.of(16), OptionalDouble.empty(), false, false)),
        FUSED(new ExportOptions(OptionalInt.empty(), OptionalDouble.empty(), true, false));

        final ExportOptions options;

        Kind(ExportOptions options) {
            this.options = options;
        }

        String word() {
            return this == RANK16 ? "rank 16" : name().toLowerCase(Locale.ROOT);
        }
    }

    /** Limit for a run of the published setting, besides the mapped file of its base model and Java's heap. */
    static final long BOUND_BESIDE_FILE = 1_500_000_000L;

    /** The process: name and folders of the subject, kind, type; prints JSON. */
    public static void main(String[] args) {
        try {
            BenchSubject subject = new BenchSubject(args[0], Path.of(args[1]), Path.of(args[2]));
            System.out.println(
                    new ExportMeasurement(subject, Kind.valueOf(args[3]), Precision.valueOf(args[4])).measure());
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
                subject.name(),
                subject.base().toString(),
                subject.adapters().toString(),
                kind.name(),
                precision.name()));
    }

    private ObjectNode measure() {
        Compute compute = Compute.cpu().with(precision);
        Path folder = temporary();
        try (MemoryWatch watch = new MemoryWatch()) {
            List<LoraAdapter> candidates = LoraAdapter.loadAll(subject.adapters());
            try (LearningSession session =
                    LearningSession.open(subject.base(), candidates, ComposedWeights.EXACT, compute)) {
                RunMemory needed = RunMemory.of(session.base(), precision, candidates);
                ObjectNode result = BenchOutput.JSON.createObjectNode();
                result.put("shape", subject.name()).put("kind", kind.word()).put("dtype", precision.toString());
                result.put("candidates", candidates.size());
                double[] weights = RandomMixes.dense(candidates.size(), 1);
                long start = System.nanoTime();
                ExportReport report = MergeExport.write(
                        session,
                        weights,
                        List.of(),
                        kind.options,
                        written -> new ObjectMapper().createObjectNode(),
                        folder.resolve("merged"));
                result.put("seconds", (System.nanoTime() - start) / 1e9)
                        .put("rank", report.rank())
                        .put("relative_error", report.relativeError())
                        .put("equal_predictions", report.comparison().equal());
                memory(watch, needed, result);
                return result;
            }
        } finally {
            delete(folder);
        }
    }

    private void memory(MemoryWatch watch, RunMemory needed, ObjectNode result) {
        long file = subject.base().resolve("model.safetensors").toFile().length();
        long heap = ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getCommitted();
        ObjectNode memory = result.put("weights_file_bytes", file)
                .put("estimated_own_bytes", needed.own())
                .putObject("memory");
        memory.put("peak_anonymous_bytes", watch.ownPeak()).put("heap_bytes", heap);
        memory.put("bound_bytes", file + BOUND_BESIDE_FILE);
        ProcessMemory.now()
                .ifPresent(now -> memory.put("peak_bytes", now.peak())
                        .put("within_bound", now.peak() - heap <= file + BOUND_BESIDE_FILE));
    }

    private Path temporary() {
        try {
            return Files.createTempDirectory(subject.base().toAbsolutePath().getParent(), "export-");
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
}
