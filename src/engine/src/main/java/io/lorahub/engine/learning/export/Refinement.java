package io.lorahub.engine.learning.export;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.lorahub.engine.checkpoint.TemporaryFolder;
import io.lorahub.engine.error.EngineException;
import io.lorahub.engine.learning.ExampleSet;
import io.lorahub.engine.learning.LearnedMix;
import io.lorahub.engine.learning.LearningSession;
import io.lorahub.engine.learning.LearningSettings;
import io.lorahub.engine.learning.control.ExpectedAccuracy;
import io.lorahub.engine.learning.recipe.Recipe;
import io.lorahub.engine.learning.recipe.WrittenRecipe;
import io.lorahub.engine.lora.FileHashes;
import io.lorahub.engine.lora.LoraAdapter;
import io.lorahub.engine.lora.check.LoraModule;
import io.lorahub.engine.lora.merge.AdapterWriter;
import io.lorahub.engine.lora.merge.AtomicFolder;
import io.lorahub.engine.lora.merge.KeptModules;
import io.lorahub.engine.lora.merge.LoraModules;
import io.lorahub.engine.model.FactorTraining;
import io.lorahub.engine.model.LanguageModel;
import io.lorahub.engine.model.format.Examples;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.IntStream;

/**
 * Trains an adapter, usually the mix that a search has found, a little further on the few examples, and writes it with the same
 * rank. A few steps from a good mix generalise, where training from nothing only learns the examples by heart. How many are of use
 * is found out first: it trains on all but a fifth of the examples and looks how well it predicts that fifth (leave-one-out with
 * five; docs/study.md, Compose, then train).
 *
 * @param steps of gradient descent, at most
 * @param rate  learning rate of Adam
 */
public record Refinement(int steps, double rate) {

    /** Examples of one step, at most; more take turns. */
    private static final int BATCH = 16;

    private static final int MOST_STEPS = 10_000;

    private static final int MOST_FOLDS = 5;

    /** Steps after which the examples that are left out are looked at. */
    private static final int[] POINTS = {0, 1, 2, 3, 5, 8, 12, 16, 20, 30, 40, 60, 80, 120, 160};

    /** Losses far below it are alike, in nats: the token is certain. */
    private static final double CERTAIN = 0.02;

    /** Fewer steps are made if they do as well but for this share of the mean loss. */
    private static final double SHARE = 0.02;

    private static final List<double[]> ALONE = List.of(new double[] {1});

    public static final Refinement DEFAULT = new Refinement(40, 3e-4);

    private static final String WEIGHTS = "adapter_model.safetensors";

    private static final String RECIPE = "recipe.json";

    private static final String REFINED = "refined";

    private static final ObjectMapper JSON = new ObjectMapper();

    /** Reports each step. */
    public interface Progress {

        /**
         * Called after a step.
         *
         * @param step of all trainings, from 1; at most {@link #mostSteps}
         * @param loss mean token loss of its examples before the step, in nats
         */
        void stepped(int step, double loss);
    }

    public Refinement {
        if (steps < 1 || steps > MOST_STEPS)
            throw new EngineException("The number of steps must be from 1 to %,d.".formatted(MOST_STEPS));
        if (!(rate > 0 && rate <= 1)) throw new EngineException("The learning rate must be above 0 and at most 1.");
    }

    /** What follows a search with these settings; empty if the mix is written as it is. */
    public static Optional<Refinement> of(LearningSettings settings) {
        return settings.refineSteps().isEmpty()
                ? Optional.empty()
                : Optional.of(new Refinement(settings.refineSteps().getAsInt(), DEFAULT.rate()));
    }

    /** Checks before a search that its mix can be trained. Throws EngineException if not. */
    public static void requirePossible(Collection<LoraAdapter> adapters) {
        for (LoraAdapter adapter : adapters) {
            if (adapter.modules().values().stream().anyMatch(LoraModule::embedding)) {
                throw new EngineException(
                        "%s changes an embedding, which can't be trained further. Leave it out, or don't refine the mix."
                                .formatted(adapter.name()));
            }
        }
    }

    /**
     * An adapter that was written.
     *
     * @param report   of the mix before it was trained
     * @param training empty if it was to be written as it is
     */
    public record Written(ExportReport report, Optional<Training> training) {}

    /**
     * Writes the mix of a search, and trains what was written, if the settings say so. An error leaves no folder.
     *
     * @param recipe creates the mix's recipe from the report
     */
    public static Written writeMix(
            LearningSession session,
            ExampleSet examples,
            LearningSettings settings,
            LearnedMix learned,
            ExportOptions options,
            Function<ExportReport, ObjectNode> recipe,
            Path folder,
            Progress progress) {
        Optional<Refinement> refinement = of(settings);
        if (refinement.isEmpty()) {
            ExportReport report =
                    MergeExport.write(session, learned.vector(), examples.examples(), options, recipe, folder);
            return new Written(report, Optional.empty());
        }
        if (options.fused()) {
            throw new EngineException(
                    "A full model is written of the mix as it is, without refinement steps. Leave out one of them, or refine the mix first and make a full model of the result.");
        }
        Written[] result = new Written[1];
        AtomicFolder.write(folder, options.overwrite(), part -> {
            Path mix = part.resolve("mix");
            ExportReport report =
                    MergeExport.write(session, learned.vector(), examples.examples(), options, recipe, mix);
            ObjectNode written = (ObjectNode) JSON.readTree(mix.resolve(RECIPE).toFile());
            try (LoraAdapter adapter = LoraAdapter.load("mix", mix)) {
                KeptModules kept = session.kept(learned.vector()).in(adapter);
                Training training = refinement.get().write(session, adapter, kept, examples, written, part, progress);
                result[0] = new Written(report, Optional.of(training));
            }
            TemporaryFolder.delete(mix);
        });
        return result[0];
    }

    /**
     * Writes the mix of a recipe at its rank, trains it and returns the SHA-256 of the weights, for the comparison with those that
     * were written.
     */
    public static String repeat(
            LearningSession session, double[] mix, WrittenRecipe.Refined refined, Progress progress) {
        Path temporary = Path.of(System.getProperty("java.io.tmpdir"));
        ExportOptions atRank = new ExportOptions(OptionalInt.of(refined.rank()), OptionalDouble.empty(), false, false);
        try (TemporaryFolder folder = TemporaryFolder.createIn(temporary, "lorahub-refined-")) {
            Path written = folder.path().resolve("mix");
            MergeExport.write(session, mix, refined.examples(), atRank, report -> JSON.createObjectNode(), written);
            try (LoraAdapter adapter = LoraAdapter.load("mix", written)) {
                new Refinement(refined.steps(), refined.rate())
                        .write(
                                session,
                                adapter,
                                session.kept(mix).in(adapter),
                                session.encode(refined.examples()),
                                JSON.createObjectNode(),
                                folder.path(),
                                progress);
            }
            return FileHashes.sha256(folder.path().resolve(WEIGHTS));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * Trains the only adapter of a session, which stays as it is, and writes the result as a PEFT folder with recipe.json: that of
     * the adapter, if a search wrote it, otherwise of the adapter itself. An error leaves no partial folder.
     */
    public Training write(
            LearningSession session, ExampleSet examples, Path folder, boolean overwrite, Progress progress) {
        Training[] training = new Training[1];
        LoraAdapter adapter = session.adapters().get(0);
        KeptModules kept = session.kept(new double[] {1});
        AtomicFolder.write(folder, overwrite, part -> {
            ObjectNode own = Recipe.ofFixed(session, new double[] {1});
            ObjectNode recipe = ofSearch(adapter.path())
                    .filter(search -> search.path("prompt").equals(own.path("prompt")))
                    .orElse(own);
            training[0] = write(session, adapter, kept, examples, recipe, part, progress);
        });
        return training[0];
    }

    /** The recipe in an adapter's folder, if its mix is what a search found. */
    private static Optional<ObjectNode> ofSearch(Path adapter) {
        Path file = adapter.resolve(RECIPE);
        if (!Files.isRegularFile(file)) return Optional.empty();
        try {
            return Optional.of(JSON.readTree(file.toFile()))
                    .filter(recipe -> recipe.path("settings").isObject() && !recipe.has(REFINED))
                    .map(ObjectNode.class::cast);
        } catch (IOException e) {
            return Optional.empty(); // it may be anything
        }
    }

    private Training write(
            LearningSession session,
            LoraAdapter adapter,
            KeptModules kept,
            ExampleSet examples,
            ObjectNode recipe,
            Path folder,
            Progress progress)
            throws IOException {
        int[] rank = new int[1];
        Training training = train(session.model(), adapter, kept, examples, progress, trained -> {
            rank[0] = trained.rank();
            AdapterWriter.write(
                    folder, WrittenBase.name(session), trained, kept, Map.of(), WrittenBase.options(session));
        });
        ObjectNode refined = recipe.putObject(REFINED)
                .put("steps", steps)
                .put("rate", rate)
                .put("made", training.steps())
                .put("rank", rank[0])
                .put("sha256", FileHashes.sha256(folder.resolve(WEIGHTS)));
        JsonNode rows = JSON.valueToTree(examples.examples());
        if (!recipe.path("examples").path("rows").equals(rows)) refined.set("examples", rows);
        Files.writeString(folder.resolve(RECIPE), recipe.toPrettyString() + "\n");
        return training;
    }

    /**
     * How an adapter was trained.
     *
     * @param steps   that were made; 0 if none was of use
     * @param leftOut the highest token loss of each example after these steps on the others, in nats; empty for a single example
     */
    public record Training(int steps, double[] leftOut) {

        /** How it is likely to do on other inputs; empty if it wasn't changed, or that can't be told. */
        public Optional<ExpectedAccuracy> expected() {
            return steps == 0 || leftOut.length == 0
                    ? Optional.empty()
                    : Optional.of(ExpectedAccuracy.ofLeftOut(leftOut));
        }
    }

    /**
     * Trains an adapter, which stays as it is.
     *
     * @param kept   modules that the adapter replaces
     * @param writer receives the trained modules, with scale 1, and reads them before it returns
     */
    public Training train(
            LanguageModel model,
            LoraAdapter adapter,
            KeptModules kept,
            ExampleSet examples,
            Progress progress,
            Consumer<LoraModules> writer) {
        Counter counter = new Counter(progress);
        try {
            Training training = plan(model, adapter, kept, examples, counter);
            try (FactorTraining factors = model.training(adapter, kept);
                    Batches batches = new Batches(model, examples)) {
                for (int step = 0; step < training.steps(); step++) {
                    if (!step(factors, batches.next(), counter)) throw diverged();
                }
                writer.accept(factors.modules());
                return training;
            }
        } finally {
            adapter.release();
        }
    }

    /**
     * Chooses the number of steps after which examples that were left out are predicted best: the fewest with about the lowest
     * geometric mean of their losses, where losses of certain tokens are alike. A single example can't be left out.
     */
    private Training plan(
            LanguageModel model, LoraAdapter adapter, KeptModules kept, ExampleSet examples, Counter counter) {
        int folds = folds(examples.size());
        if (folds < 2) return new Training(steps, new double[0]);
        int[] points = IntStream.concat(Arrays.stream(POINTS).filter(point -> point < steps), IntStream.of(steps))
                .toArray();
        double[] logarithms = new double[points.length];
        double[][] highest = new double[points.length][examples.size()];
        int seen = 0;
        for (int fold = 0; fold < folds; fold++) {
            int left = fold;
            ExampleSet out = examples.where(i -> i % folds == left);
            ExampleSet rest = examples.where(i -> i % folds != left);
            try (FactorTraining training = model.training(adapter, kept);
                    Batches batches = new Batches(model, rest);
                    Examples held = model.examples(out.inputs(), out.outputs())) {
                int step = 0;
                boolean finite = true;
                for (int p = 0; p < points.length; p++) {
                    for (; finite && step < points[p]; step++) finite = step(training, batches.next(), counter);
                    float[] losses =
                            model.tokenLosses(training.bank(), held, ALONE).get(0);
                    double logarithm = logarithm(losses, held, out.size());
                    logarithms[p] += finite && Double.isFinite(logarithm) ? logarithm : Double.POSITIVE_INFINITY;
                    int[] of = held.exampleOfToken();
                    for (int i = 0; i < losses.length; i++) {
                        highest[p][seen + of[i]] = Math.max(highest[p][seen + of[i]], losses[i]);
                    }
                }
            }
            seen += out.size();
        }
        double least = Arrays.stream(logarithms).min().orElseThrow();
        if (!Double.isFinite(least)) {
            throw new EngineException(
                    "The mix can't be trained further: its loss on the examples isn't a finite number.");
        }
        double enough = least + examples.size() * Math.log1p(SHARE);
        int best = IntStream.range(0, points.length)
                .filter(p -> logarithms[p] <= enough)
                .findFirst()
                .orElseThrow();
        return new Training(points[best], highest[best]);
    }

    /** Number of parts of the examples that are left out in turn. */
    private static int folds(int examples) {
        return Math.min(MOST_FOLDS, examples);
    }

    /** Steps of all trainings together, at most. */
    public int mostSteps(int examples) {
        return steps * (folds(examples) < 2 ? 1 : folds(examples) + 1);
    }

    /** Returns false if the loss before the step isn't finite, so that no further step makes sense. */
    private boolean step(FactorTraining training, Examples batch, Counter counter) {
        double loss = mean(training.step(batch, rate));
        if (!Double.isFinite(loss)) return false;
        counter.stepped(loss);
        return true;
    }

    private EngineException diverged() {
        return new EngineException(
                "The loss isn't a finite number any more after some steps; use a lower rate than %s.".formatted(rate));
    }

    /** The sum over examples of the logarithm of the example's mean token loss. */
    private static double logarithm(float[] losses, Examples examples, int count) {
        int[] of = examples.exampleOfToken();
        double[] sums = new double[count];
        int[] tokens = new int[count];
        for (int i = 0; i < losses.length; i++) {
            sums[of[i]] += losses[i];
            tokens[of[i]]++;
        }
        return IntStream.range(0, count)
                .mapToDouble(i -> Math.log(sums[i] / tokens[i] + CERTAIN))
                .sum();
    }

    /** The examples of a training, {@link #BATCH} at a time or as many as there is memory for, over and over. */
    private static final class Batches implements AutoCloseable {

        private final List<Examples> batches = new ArrayList<>();
        private int taken;

        Batches(LanguageModel model, ExampleSet examples) {
            for (int i = 0; i < examples.size(); i += BATCH) {
                add(model, examples.from(i, Math.min(examples.size(), i + BATCH)));
            }
        }

        private void add(LanguageModel model, ExampleSet some) {
            if (!model.isTooLargeToTrain(some.inputs(), some.outputs())) {
                batches.add(model.examples(some.inputs(), some.outputs()));
                return;
            }
            int middle = some.size() / 2;
            add(model, some.from(0, middle));
            add(model, some.from(middle, some.size()));
        }

        Examples next() {
            return batches.get(taken++ % batches.size());
        }

        @Override
        public void close() {
            batches.forEach(Examples::close);
        }
    }

    /** Counts the steps of all trainings. */
    private static final class Counter {

        private final Progress progress;
        private int done;

        Counter(Progress progress) {
            this.progress = progress;
        }

        void stepped(double loss) {
            progress.stepped(++done, loss);
        }
    }

    private static double mean(float[] losses) {
        double sum = 0;
        for (float loss : losses) sum += loss;
        return sum / losses.length;
    }
}
