package io.lorahub.bench.study;

import io.lorahub.bench.report.BenchOutput;
import io.lorahub.bench.search.SearchControls;
import io.lorahub.bench.search.TaskFitting;
import io.lorahub.bench.search.TestedMix;
import io.lorahub.bench.search.TrainedLora;
import io.lorahub.bench.study.StudyMethod.Reached;
import io.lorahub.engine.checkpoint.TemporaryFolder;
import io.lorahub.engine.learning.LearnedMix;
import io.lorahub.engine.learning.LearningRun;
import io.lorahub.engine.learning.LearningSession;
import io.lorahub.engine.learning.LearningSettings;
import io.lorahub.engine.learning.Scorer;
import io.lorahub.engine.learning.control.ExpectedAccuracy;
import io.lorahub.engine.learning.export.ExportOptions;
import io.lorahub.engine.learning.export.MergeExport;
import io.lorahub.engine.learning.export.Refinement;
import io.lorahub.engine.lora.LoraAdapter;
import io.lorahub.engine.lora.merge.AdapterWriter;
import io.lorahub.engine.lora.merge.KeptModules;
import io.lorahub.engine.model.AdapterBank;
import io.lorahub.engine.optimize.EvaluationRequest;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** The methods that need little code of their own. */
final class SimpleMethods {

    static final String RANDOM_ADAPTERS = "random adapters";
    static final String ORACLE = "oracle";
    static final String REFINED = "margins, refined";

    private SimpleMethods() {}

    private static Reached reached(SearchControls.Result r) {
        return new Reached(r.control(), new TestedMix(r.loss(), r.exactMatch()), r.evaluations(), r.seconds());
    }

    /** The base model, the best single adapter and the uniform mix. */
    static final class Controls implements StudyMethod {

        @Override
        public List<String> rows() {
            return SearchControls.NAMES;
        }

        @Override
        public boolean usesBudget() {
            return false;
        }

        @Override
        public List<Reached> reached(StudyCase given) {
            return new SearchControls(given.session(), given.fewShot(), given.heldOut())
                    .measured(given.task().name(), given.draw()).stream()
                            .map(SimpleMethods::reached)
                            .toList();
        }
    }

    /** As many random pairs and triples of candidates, at weights of 1, as the budget pays for; the best of them. */
    static final class RandomAdapters implements StudyMethod {

        @Override
        public List<String> rows() {
            return List.of(RANDOM_ADAPTERS);
        }

        @Override
        public List<Reached> reached(StudyCase given) {
            SplittableRandom random = new SplittableRandom(LearningSettings.DEFAULT.seed());
            List<double[]> mixes = Stream.generate(() -> some(random, given.candidates()))
                    .limit(given.budget())
                    .toList();
            long start = System.nanoTime();
            double[] losses;
            try (Scorer scorer = given.session().scorer(given.fewShot())) {
                losses = scorer.losses(mixes);
            }
            double seconds = (System.nanoTime() - start) / 1e9;
            int best = IntStream.range(0, losses.length)
                    .reduce((i, j) -> losses[j] < losses[i] ? j : i)
                    .orElseThrow();
            return List.of(given.reached(RANDOM_ADAPTERS, mixes.get(best), mixes.size(), seconds));
        }

        private static double[] some(SplittableRandom random, int candidates) {
            double[] weights = new double[candidates];
            int count = Math.min(candidates, 2 + random.nextInt(2));
            for (int chosen = 0; chosen < count; ) {
                int i = random.nextInt(candidates);
                if (weights[i] == 0) chosen++;
                weights[i] = 1;
            }
            return weights;
        }
    }

    /** Weights fitted to 60 words, knowing the skills: what these adapters can do at most, or nearly. */
    static final class Oracle implements StudyMethod {

        @Override
        public List<String> rows() {
            return List.of(ORACLE);
        }

        @Override
        public boolean usesBudget() {
            return false;
        }

        @Override
        public boolean usesExamples() {
            return false;
        }

        @Override
        public List<Reached> reached(StudyCase given) {
            if (!Files.exists(given.task().wordsToFitFile())) return List.of();
            long start = System.nanoTime();
            double[] weights = new TaskFitting(given.session())
                    .weights(given.task())
                    .orElseGet(() -> new double[given.candidates()]);
            return List.of(given.reached(ORACLE, weights, 0, (System.nanoTime() - start) / 1e9));
        }
    }

    /** The default search's mix, as it is written, and trained further on the same examples. */
    static final class Refined implements StudyMethod {

        @Override
        public List<String> rows() {
            return List.of(REFINED);
        }

        @Override
        public List<Reached> reached(StudyCase given) {
            LearningSession session = given.session();
            long start = System.nanoTime();
            LearnedMix mix = new LearningRun(
                            session, given.fewShot(), LearningSettings.DEFAULT.withBudget(given.budget()))
                    .run();
            if (Arrays.stream(mix.vector()).allMatch(weight -> weight == 0)) return List.of();
            try (TemporaryFolder folder =
                    TemporaryFolder.createIn(Path.of(System.getProperty("java.io.tmpdir")), "lorahub-refined-")) {
                Path file = folder.path().resolve("mix");
                MergeExport.write(
                        session,
                        mix.vector(),
                        given.fewShot().examples(),
                        ExportOptions.compact(false, false),
                        report -> BenchOutput.JSON.createObjectNode(),
                        file);
                Path refined = folder.path().resolve("refined");
                int[] made = new int[1];
                Refinement.Training trained;
                try (LoraAdapter adapter = LoraAdapter.load("mix", file)) {
                    trained = Refinement.DEFAULT.train(
                            session.model(),
                            adapter,
                            KeptModules.NONE,
                            given.fewShot(),
                            (step, loss) -> made[0] = step,
                            modules -> AdapterWriter.write(
                                    refined, "base", modules, Map.of(), AdapterWriter.Options.standard()));
                }
                double seconds = (System.nanoTime() - start) / 1e9;
                try (LoraAdapter adapter = LoraAdapter.load("refined", refined);
                        AdapterBank bank = session.model().bankInPlace(adapter)) {
                    TestedMix tested = TestedMix.of(session, bank, new double[] {1}, given.fewShot(), given.heldOut());
                    int steps = EvaluationRequest.GRADIENT_COST * made[0];
                    return List.of(new Reached(REFINED, tested, mix.evaluations() + steps, seconds)
                            .expecting(trained.expected()
                                    .map(ExpectedAccuracy::share)
                                    .orElseGet(() -> StrategyMethod.expected(given, mix))));
                }
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    /** A LoRA that PEFT trains on the examples. */
    static final class Training implements StudyMethod {

        private final Supplier<TrainedLora> start;
        private final boolean grid;
        private TrainedLora training;

        /** @param grid whether to train the whole grid, or only its fixed setting */
        Training(Supplier<TrainedLora> start, boolean grid) {
            this.start = start;
            this.grid = grid;
        }

        @Override
        public List<String> rows() {
            return grid ? List.of(TrainedLora.FIXED, TrainedLora.BEST) : List.of(TrainedLora.FIXED);
        }

        @Override
        public boolean usesBudget() {
            return false;
        }

        @Override
        public boolean usesCandidates() {
            return false;
        }

        @Override
        public List<Reached> reached(StudyCase given) {
            if (training == null) training = start.get();
            String task = given.task().name();
            List<SearchControls.Result> results = grid
                    ? training.measured(given.session(), given.fewShot(), given.heldOut(), task, given.draw())
                    : List.of(training.chosen(given.session(), given.fewShot(), given.heldOut(), task, given.draw()));
            return results.stream().map(SimpleMethods::reached).toList();
        }

        @Override
        public void close() {
            if (training != null) training.close();
        }
    }
}
