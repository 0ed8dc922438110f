package io.lorahub.bench.engine;

import io.lorahub.bench.report.BenchProgress;
import io.lorahub.demo.DemoHub;
import io.lorahub.engine.error.EngineException;
import io.lorahub.engine.learning.Example;
import io.lorahub.engine.lora.check.LoraModule;
import io.lorahub.engine.lora.merge.AdapterWriter;
import io.lorahub.engine.lora.merge.AtomicFolder;
import io.lorahub.engine.lora.merge.LoraModules;
import io.lorahub.engine.model.family.ModelFamilies;
import io.lorahub.engine.safetensors.SafetensorsWriter;
import io.lorahub.engine.safetensors.TensorData;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.commons.io.file.PathUtils;

/**
 * A model of random weights with candidates for it, in a folder under java.io.tmpdir that later runs find again. Its
 * speed is that of a trained model.
 *
 * @param allLinear whether the candidates change all linear modules, not only queries and values
 * @param rank      of each candidate in each module
 */
public record RandomModel(ModelShape shape, boolean allLinear, int rank, Path folder) {

    public static final int CANDIDATES = 20;
    public static final int RANK = 16;

    private static final String TOKENIZER = "tokenizer.json";
    private static final long SEED = 42;
    private static final int INPUT_WORDS = 24;
    private static final int OUTPUT_WORDS = 6;
    private static final List<String> WORDS = List.of("river", "stone", "light", "motif", "garden", "window", "number");

    public static RandomModel of(ModelShape shape) {
        return of(shape, false);
    }

    public static RandomModel of(ModelShape shape, boolean allLinear) {
        return of(shape, allLinear, RANK);
    }

    public static RandomModel of(ModelShape shape, boolean allLinear, int rank) {
        return new RandomModel(shape, allLinear, rank, root().resolve(shape.word()));
    }

    /** The folder of all of them. */
    public static Path root() {
        return Path.of(System.getProperty("java.io.tmpdir"), "lorahub-bench-" + System.getProperty("user.name"));
    }

    public Path base() {
        return folder.resolve("base");
    }

    public Path weights() {
        return base().resolve("model.safetensors");
    }

    public Path adapters() {
        String name = allLinear ? "adapters-all-linear" : "adapters";
        return folder.resolve(rank == RANK ? name : name + "-rank-" + rank);
    }

    /** Writes missing files. */
    public RandomModel prepare(BenchProgress progress) {
        try {
            if (!Files.isRegularFile(base().resolve("tokenizer.json"))) {
                progress.say("Writing random weights of the shape %s to %s".formatted(shape.word(), folder));
                Files.createDirectories(folder);
                AtomicFolder.write(base(), true, this::writeBase);
            }
            if (!Files.exists(base().resolve(TOKENIZER))) {
                // any tokenizer whose ids the model has will do
                Files.copy(DemoHub.open().base().resolve(TOKENIZER), base().resolve(TOKENIZER));
            }
            if (!Files.isDirectory(adapters())) {
                AtomicFolder.write(adapters(), true, this::writeAdapters);
            }
            return this;
        } catch (IOException e) {
            throw new EngineException(
                    "The random model cannot be written to %s: %s.".formatted(folder, e.getMessage()), e);
        }
    }

    /** Does nothing if there are none. */
    public static void deleteAll() {
        try {
            if (Files.exists(root())) PathUtils.deleteDirectory(root());
        } catch (IOException e) {
            throw new EngineException(
                    "The random models in %s cannot be deleted: %s.".formatted(root(), e.getMessage()), e);
        }
    }

    private Map<String, long[]> layout() {
        return ModelFamilies.of(shape.config()).shapes();
    }

    private void writeBase(Path target) throws IOException {
        Map<String, TensorData> tensors = shape.isDecoderOnly() ? decoderOnly() : flanT5();
        SafetensorsWriter.write(target.resolve(weights().getFileName()), tensors, Map.of("format", "pt"));
        Files.writeString(target.resolve("config.json"), shape.config().toPrettyString());
        // any tokenizer whose ids the vocabulary has will do
        for (String file : List.of("tokenizer.json", "tokenizer_config.json")) {
            Files.copy(DemoHub.open().base().resolve(file), target.resolve(file));
        }
    }

    private Map<String, TensorData> flanT5() {
        int width = shape.config().path("d_model").intValue();
        int queryWidth = shape.config().path("d_kv").intValue();
        int heads = shape.config().path("num_heads").intValue();
        RandomNumbers numbers = new RandomNumbers((long) shape.vocabulary() * width, Math.pow(width, -0.5), SEED);
        RandomNumbers queries =
                new RandomNumbers((long) width * heads * queryWidth, Math.pow(width * queryWidth, -0.5), SEED + 1);
        Map<String, TensorData> tensors = new LinkedHashMap<>();
        layout().forEach((name, size) -> {
            boolean norm = size.length == 1;
            RandomNumbers source = name.endsWith(".q.weight") ? queries : numbers;
            tensors.put(name, norm ? ones((int) size[0]) : source.tensor(size));
        });
        return tensors;
    }

    /** All weights with the deviation 0.02, with which the public models began. */
    private Map<String, TensorData> decoderOnly() {
        int width = shape.config().path("hidden_size").intValue();
        RandomNumbers numbers = new RandomNumbers(shape.stored(), (long) shape.vocabulary() * width, 0.02, SEED);
        Map<String, TensorData> tensors = new LinkedHashMap<>();
        layout().forEach((name, size) -> {
            boolean norm = size.length == 1 && name.endsWith(".weight");
            tensors.put(name, norm ? ones((int) size[0]).to(shape.stored()) : numbers.tensor(size));
        });
        return tensors;
    }

    /** Five pairs of random words. */
    public List<Example> examples() {
        SplittableRandom random = new SplittableRandom(SEED);
        return Stream.generate(() -> new Example(words(random, INPUT_WORDS), words(random, OUTPUT_WORDS)))
                .limit(TokenExamples.COUNT)
                .toList();
    }

    private static String words(SplittableRandom random, int count) {
        return random.ints(count, 0, WORDS.size()).mapToObj(WORDS::get).collect(Collectors.joining(" "));
    }

    private static TensorData ones(int count) {
        float[] values = new float[count];
        Arrays.fill(values, 1);
        return TensorData.of(values, count);
    }

    private void writeAdapters(Path target) {
        Map<String, long[]> layout = layout();
        RandomNumbers numbers = new RandomNumbers(1L << 20, 0.05, SEED + 2);
        Set<String> adapted = allLinear ? shape.allLinear() : shape.queriesAndValues();
        for (int i = 0; i < CANDIDATES; i++) {
            SortedMap<String, LoraModule> modules = new TreeMap<>();
            layout.forEach((name, size) -> {
                String module = name.replaceFirst("\\.(weight|bias)$", "");
                if (size.length == 2 && adapted.contains(module.substring(module.lastIndexOf('.') + 1))) {
                    TensorData a = numbers.tensor(rank, size[1]);
                    TensorData b = numbers.tensor(size[0], rank);
                    modules.put(module, LoraModule.linear(module, a, b, 1));
                }
            });
            Path folder = target.resolve("random-%02d".formatted(i));
            String task = ModelFamilies.of(shape.config()).architecture().taskType();
            AdapterWriter.write(
                    folder,
                    "lorahub/bench-" + shape.word(),
                    LoraModules.of(modules),
                    Map.of(),
                    new AdapterWriter.Options(false, List.of(), Map.of(), Optional.empty(), task, false));
        }
    }
}
