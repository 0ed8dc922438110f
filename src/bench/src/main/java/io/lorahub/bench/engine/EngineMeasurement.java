package io.lorahub.bench.engine;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.lorahub.bench.process.JavaProcess;
import io.lorahub.bench.process.MemoryWatch;
import io.lorahub.bench.process.ProcessMemory;
import io.lorahub.bench.report.BenchOutput;
import io.lorahub.bench.report.Samples;
import io.lorahub.bench.report.Seconds;
import io.lorahub.engine.error.EngineException;
import io.lorahub.engine.learning.RunMemory;
import io.lorahub.engine.lora.LoraAdapter;
import io.lorahub.engine.model.AdapterBank;
import io.lorahub.engine.model.BaseModel;
import io.lorahub.engine.model.ComposedWeights;
import io.lorahub.engine.model.Compute;
import io.lorahub.engine.model.LanguageModel;
import io.lorahub.engine.model.Precision;
import io.lorahub.engine.model.format.Examples;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Times the engine on one model in one type.
 *
 * @param rounds how often each measurement is repeated after a warm-up; 0 for one evaluation and one gradient, of which only the
 *     memory is measured
 */
record EngineMeasurement(BenchSubject subject, Precision precision, int threads, int rounds) {

    private static final int INPUT_TOKENS = 128;

    /** Tokens of a system text, with which all inputs begin. */
    private static final int SYSTEM_TOKENS = 64;

    /** Beside the mapped file. */
    private static final long BOUND = 1_000_000_000L;

    /** The same with a model of a billion parameters, of which a copy of the embedding takes half a gigabyte. */
    private static final long BOUND_OF_DECODER_ONLY = 1_500_000_000L;

    /** The process: name and folders of the subject, type, threads, rounds; prints JSON. */
    public static void main(String[] args) {
        BenchSubject subject = new BenchSubject(args[0], Path.of(args[1]), Path.of(args[2]));
        Precision precision = Precision.valueOf(args[3]);
        try {
            System.out.println(
                    new EngineMeasurement(subject, precision, Integer.parseInt(args[4]), Integer.parseInt(args[5]))
                            .measure());
        } catch (EngineException e) {
            System.err.println(e.getMessage());
            System.exit(3);
        }
    }

    /** Measures in a process of its own, so that memory and JIT state are its own, and returns what it printed. */
    String inProcess() {
        return JavaProcess.run(JavaProcess.command(
                EngineMeasurement.class,
                subject.name(),
                subject.base().toString(),
                subject.adapters().toString(),
                precision.name(),
                String.valueOf(threads),
                String.valueOf(rounds)));
    }

    ObjectNode measure() {
        ObjectNode result = BenchOutput.JSON.createObjectNode();
        result.put("shape", subject.name());
        result.put("dtype", precision.toString());
        List<LoraAdapter> adapters = LoraAdapter.loadAll(subject.adapters());
        Compute compute = new Compute(Optional.of("cpu"), Optional.of(precision), threads);
        try (MemoryWatch watch = new MemoryWatch();
                BaseModel base = BaseModel.open(subject.base());
                LanguageModel model = LanguageModel.load(base, compute)) {
            result.put("candidates", adapters.size());
            ObjectNode memory = result.put("weights_file_bytes", size(subject.base()))
                    .putObject("memory")
                    .put("adapter_file_bytes", size(subject.adapters()))
                    .put(
                            "estimated_own_bytes",
                            RunMemory.of(base, precision, adapters).own());
            record(memory, "loaded", watch);
            try (AdapterBank bank = model.bank(adapters, ComposedWeights.EXACT)) {
                record(memory, "stacked", watch);
                if (rounds == 0) memory(model, bank, watch, result);
                else times(model, bank, watch, result);
                if (rounds > 0 && subject.isDecoderOnly()) commonBeginning(model, bank, result);
            }
            // last, because a second bank would count as memory that the first needs
            if (rounds > 0) factor(model, adapters, result);
        } finally {
            adapters.forEach(LoraAdapter::close);
        }
        return result;
    }

    private void memory(LanguageModel model, AdapterBank exact, MemoryWatch watch, ObjectNode result) {
        ObjectNode memory = (ObjectNode) result.path("memory");
        TokenExamples equal = TokenExamples.ofLength(model.config().vocabulary(), INPUT_TOKENS);
        double[] dense = RandomMixes.dense(exact.candidates(), 1);
        try (Examples examples = model.examples(equal.inputs(), equal.labels())) {
            model.tokenLosses(exact, examples, List.of(dense));
            record(memory, "evaluated", watch);
            model.gradients(exact, examples, List.of(dense), true);
            record(memory, "with_gradients", watch);
        }
        bound(memory, result.path("weights_file_bytes").asLong());
    }

    private void times(LanguageModel model, AdapterBank exact, MemoryWatch watch, ObjectNode result) {
        int n = exact.candidates();
        int vocabulary = model.config().vocabulary();
        TokenExamples unequal = TokenExamples.unequal(vocabulary);
        TokenExamples equal = TokenExamples.ofLength(vocabulary, INPUT_TOKENS);
        double[] dense = RandomMixes.dense(n, 1);
        try (Examples examples = model.examples(equal.inputs(), equal.labels());
                Examples packed = model.examples(unequal.inputs(), unequal.labels());
                Examples padded = model.examples(unequal.padded().inputs(), unequal.labels())) {
            List<Runnable> works = new ArrayList<>();
            works.add(() -> model.tokenLosses(exact, examples, List.of(RandomMixes.zero(n))));
            works.add(() -> model.tokenLosses(exact, examples, List.of(dense)));
            works.add(() -> model.gradient(exact, examples, dense));
            works.add(() -> model.gradients(exact, examples, List.of(dense), true));
            works.add(() -> model.tokenLosses(exact, padded, List.of(dense)));
            works.add(() -> model.tokenLosses(exact, packed, List.of(dense)));
            works.get(1).run();
            ObjectNode memory = (ObjectNode) result.path("memory");
            record(memory, "evaluated", watch);
            List<Samples> times = Seconds.interleaved(rounds, works);
            put(result, "bare", times.get(0), times.get(0));
            put(result, "exact", times.get(1), times.get(0));
            put(result, "gradient", times.get(2), times.get(0));
            put(result, "example_gradients", times.get(3), times.get(0));
            put(result, "unequal_padded", times.get(4), times.get(0));
            put(result, "unequal_packed", times.get(5), times.get(0));
            result.put("packing_gain", times.get(4).median() / times.get(5).median());
            record(memory, "with_gradients", watch);
            bound(memory, result.path("weights_file_bytes").asLong());
        }
    }

    /** As with a system text, beside inputs of the same length that begin differently. */
    private void commonBeginning(LanguageModel model, AdapterBank exact, ObjectNode result) {
        int vocabulary = model.config().vocabulary();
        TokenExamples apart = TokenExamples.ofLength(vocabulary, SYSTEM_TOKENS + INPUT_TOKENS);
        TokenExamples alike = TokenExamples.sharingBeginning(vocabulary, SYSTEM_TOKENS, INPUT_TOKENS);
        double[] dense = RandomMixes.dense(exact.candidates(), 1);
        try (Examples separate = model.examples(apart.inputs(), apart.labels());
                Examples shared = model.examples(alike.inputs(), alike.labels())) {
            List<Samples> times = Seconds.interleaved(
                    rounds,
                    List.of(
                            () -> model.tokenLosses(exact, separate, List.of(dense)),
                            () -> model.tokenLosses(exact, shared, List.of(dense))));
            Samples bare = new Samples(new double[] {result.at("/bare/seconds").asDouble()});
            put(result, "system_apart", times.get(0), bare);
            put(result, "system_shared", times.get(1), bare);
            result.put("sharing_gain", times.get(0).median() / times.get(1).median());
        }
    }

    private void factor(LanguageModel model, List<LoraAdapter> adapters, ObjectNode result) {
        TokenExamples equal = TokenExamples.ofLength(model.config().vocabulary(), INPUT_TOKENS);
        int n = adapters.size();
        try (AdapterBank bank = model.bank(adapters, ComposedWeights.FACTOR);
                Examples examples = model.examples(equal.inputs(), equal.labels())) {
            Samples time = Seconds.interleaved(
                            rounds, List.of(() -> model.tokenLosses(bank, examples, List.of(RandomMixes.dense(n, 1)))))
                    .get(0);
            put(result, "factor", time, new Samples(new double[] {
                result.at("/bare/seconds").asDouble()
            }));
        }
    }

    private static void put(ObjectNode result, String name, Samples time, Samples baseline) {
        result.putObject(name)
                .put("seconds", time.median())
                .put("to_bare", time.median() / baseline.median())
                .putArray("seconds_quartiles")
                .add(time.quantile(0.25))
                .add(time.quantile(0.75));
    }

    /** Adds the memory now, and the most of its own so far; nothing on systems other than Linux. */
    private static void record(ObjectNode memory, String when, MemoryWatch watch) {
        ProcessMemory.now().ifPresent(now -> memory.set(when, now.json().put("peak_anonymous_bytes", watch.ownPeak())));
    }

    private void bound(ObjectNode memory, long file) {
        if (!memory.has("evaluated")) return;
        long bound = file + (subject.isDecoderOnly() ? BOUND_OF_DECODER_ONLY : BOUND);
        memory.put("bound_bytes", bound);
        memory.put("within_bound", memory.at("/evaluated/peak_bytes").asLong() <= bound);
        memory.put(
                "within_bound_with_gradients",
                memory.at("/with_gradients/peak_bytes").asLong() <= bound);
    }

    private static long size(Path folder) {
        try (Stream<Path> files = Files.walk(folder)) {
            return files.filter(f -> f.toString().endsWith(".safetensors"))
                    .mapToLong(f -> f.toFile().length())
                    .sum();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
