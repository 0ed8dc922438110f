package io.lorahub.bench.reference;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.lorahub.bench.engine.BenchSubject;
import io.lorahub.bench.engine.ModelShape;
import io.lorahub.bench.engine.RandomMixes;
import io.lorahub.bench.engine.TokenExamples;
import io.lorahub.bench.report.BenchOutput;
import io.lorahub.bench.report.Seconds;
import io.lorahub.bench.report.TimeSeries;
import io.lorahub.demo.DemoHub;
import io.lorahub.engine.learning.Regularization;
import io.lorahub.engine.lora.LoraAdapter;
import io.lorahub.engine.model.AdapterBank;
import io.lorahub.engine.model.BaseModel;
import io.lorahub.engine.model.ComposedWeights;
import io.lorahub.engine.model.LanguageModel;
import io.lorahub.engine.model.Precision;
import io.lorahub.engine.model.format.Examples;
import io.lorahub.engine.tokenizer.Tokenizer;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;

/**
 * One evaluation of the objective by both programs, in turn, on the same weights, examples and mixes. The other program
 * is the published one, or for decoder-only models, which it does not run, transformers and PEFT.
 */
record EvaluationComparison(
        ReferenceContext context, BenchSubject subject, Precision precision, TokenExamples examples) {

    private static final int INPUT_TOKENS = 128;
    private static final int SYSTEM_TOKENS = 64;

    private static final double TOLERANCE = 1e-4;

    /** The published program rounds its loss of about 11 to bfloat16, in steps of 1/16. */
    private static final double TOLERANCE_BFLOAT16 = 6.25e-2;

    static EvaluationComparison demo(ReferenceContext context) {
        DemoHub hub = DemoHub.open();
        BenchSubject subject = BenchSubject.prepare(BenchSubject.DEMO, context.progress());
        try (Tokenizer tokenizer = Tokenizer.open(subject.base())) {
            List<int[]> inputs = new ArrayList<>();
            List<int[]> labels = new ArrayList<>();
            hub.tasks().get(0).fewShot(1).forEach(e -> {
                inputs.add(tokenizer.encode(e.input()));
                labels.add(tokenizer.encode(e.output()));
            });
            return new EvaluationComparison(context, subject, Precision.FLOAT32, new TokenExamples(inputs, labels));
        }
    }

    static EvaluationComparison equalLengths(ReferenceContext context, ModelShape shape, Precision precision) {
        return of(context, shape, precision, TokenExamples.ofLength(shape.vocabulary(), INPUT_TOKENS));
    }

    static EvaluationComparison unequalLengths(ReferenceContext context, ModelShape shape) {
        return of(context, shape, Precision.FLOAT32, TokenExamples.unequal(shape.vocabulary()));
    }

    /** A system text before each input. */
    static EvaluationComparison sharedBeginning(ReferenceContext context, ModelShape shape) {
        return of(
                context,
                shape,
                Precision.FLOAT32,
                TokenExamples.sharingBeginning(shape.vocabulary(), SYSTEM_TOKENS, INPUT_TOKENS));
    }

    private static EvaluationComparison of(
            ReferenceContext context, ModelShape shape, Precision precision, TokenExamples examples) {
        return new EvaluationComparison(
                context, BenchSubject.prepare(shape.word(), context.progress()), precision, examples);
    }

    ObjectNode measure() {
        List<LoraAdapter> adapters = LoraAdapter.loadAll(subject.adapters());
        try (BaseModel base = BaseModel.open(subject.base());
                LanguageModel model = LanguageModel.load(base, context.compute(precision));
                AdapterBank factor = model.bank(adapters, ComposedWeights.FACTOR);
                AdapterBank exact = model.bank(adapters, ComposedWeights.EXACT);
                Examples packed = model.examples(examples.inputs(), examples.labels());
                Turn turn = new Turn(this, model, factor, exact, packed)) {
            turn.take(0);
            turn.forgetTimes();
            for (int round = 1; round <= context.rounds(); round++) {
                turn.take(round);
            }
            return turn.result();
        } finally {
            adapters.forEach(LoraAdapter::close);
        }
    }

    /** Evaluations that a program makes before the other takes its turn. */
    int inARow() {
        return subject.name().equals(BenchSubject.DEMO) ? 8 : 1;
    }

    double tolerance() {
        return precision == Precision.FLOAT32 ? TOLERANCE : TOLERANCE_BFLOAT16;
    }

    /**
     * Both programs loaded and evaluating in turn; a small model several times in a row, as in a search, because the
     * first evaluation after the other program mostly loads weights into the processor's caches.
     */
    private static final class Turn implements AutoCloseable {

        private static final Regularization REGULARIZATION = Regularization.l1(0.05);

        private final EvaluationComparison comparison;
        private final PublishedProgram theirs;
        private final Optional<PublishedProgram> theirsInFloat32;
        private final LanguageModel model;
        private final AdapterBank factor;
        private final AdapterBank exact;
        private final Examples examples;
        private final TimeSeries times = new TimeSeries();
        private double difference;

        Turn(
                EvaluationComparison comparison,
                LanguageModel model,
                AdapterBank factor,
                AdapterBank exact,
                Examples examples) {
            this.comparison = comparison;
            this.model = model;
            this.factor = factor;
            this.exact = exact;
            this.examples = examples;
            theirs = started(comparison.precision());
            theirsInFloat32 = comparison.precision() == Precision.FLOAT32
                            || comparison.subject().isDecoderOnly()
                    ? Optional.empty()
                    : Optional.of(started(Precision.FLOAT32));
        }

        private PublishedProgram started(Precision precision) {
            PublishedProgram program = comparison.context().program(comparison.subject());
            program.load(comparison.subject(), precision, comparison.examples());
            return program;
        }

        void take(int round) {
            List<double[]> mixes = IntStream.range(0, comparison.inARow())
                    .mapToObj(i -> mix(round * comparison.inARow() + i))
                    .toList();
            Map<double[], Double> published = new IdentityHashMap<>();
            for (double[] mix : mixes) {
                JsonNode score = theirs.score(mix);
                times.add("published", score.path("seconds").asDouble());
                published.put(mix, score.path("objective").asDouble());
            }
            rest();
            for (double[] mix : mixes) times.time("factor", () -> compare(published.get(mix), objective(mix)));
            for (int i = 0; i < mixes.size(); i++) times.add("published_bare", theirs.bare());
            rest();
            for (double[] mix : mixes) times.time("exact", () -> model.tokenLosses(exact, examples, List.of(mix)));
            theirsInFloat32.ifPresent(p -> times.add(
                    "published_float32", p.score(mixes.get(0)).path("seconds").asDouble()));
            int together = model.vectorsAtOnce(exact, examples);
            if (together > 1) {
                List<double[]> all =
                        IntStream.range(0, together).mapToObj(this::mix).toList();
                times.add("exact_together", Seconds.of(() -> model.tokenLosses(exact, examples, all)) / together);
            }
        }

        /** Threads of the other program spin for a moment after its work; they must not slow down the next. */
        private static void rest() {
            LockSupport.parkNanos(20_000_000);
        }

        /** The last weight is 0; reference.py says why. */
        private double[] mix(int seed) {
            double[] mix = RandomMixes.dense(factor.candidates(), seed);
            mix[mix.length - 1] = 0;
            return mix;
        }

        /** The published program's: all examples are one batch. */
        private double objective(double[] mix) {
            float[] losses = model.tokenLosses(factor, examples, List.of(mix)).get(0);
            double mean = IntStream.range(0, losses.length)
                    .mapToDouble(i -> losses[i])
                    .average()
                    .orElseThrow();
            return mean / examples.count() + REGULARIZATION.value(mix);
        }

        private void compare(double published, double ours) {
            difference = Math.max(difference, Math.abs(published - ours));
        }

        void forgetTimes() {
            times.clear();
        }

        ObjectNode result() {
            ObjectNode result = BenchOutput.JSON.createObjectNode();
            result.put("published_seconds", times.median("published"));
            result.put("published_bare_seconds", times.median("published_bare"));
            result.put("seconds", times.median("factor"));
            result.put("faster", times.median("published") / times.median("factor"));
            result.put("exact_seconds", times.median("exact"));
            result.put("exact_faster", times.median("published") / times.median("exact"));
            if (times.has("exact_together")) {
                result.put("together_seconds", times.median("exact_together"));
                result.put("together_faster", times.median("published") / times.median("exact_together"));
            }
            if (times.has("published_float32")) {
                result.put("published_float32_seconds", times.median("published_float32"));
                result.put("faster_than_float32", times.median("published_float32") / times.median("factor"));
            }
            result.put("objective_difference", difference);
            result.put("tolerance", comparison.tolerance());
            result.put("objectives_agree", difference <= comparison.tolerance());
            return result;
        }

        @Override
        public void close() {
            theirs.close();
            theirsInFloat32.ifPresent(PublishedProgram::close);
        }
    }
}
