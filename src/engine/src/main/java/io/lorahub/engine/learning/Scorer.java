package io.lorahub.engine.learning;

import io.lorahub.engine.error.EngineException;
import io.lorahub.engine.model.AdapterBank;
import io.lorahub.engine.model.LossGradient;
import io.lorahub.engine.model.format.Examples;
import io.lorahub.engine.optimize.Vectors;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.stream.IntStream;

/** Scores weight vectors on one set of examples. */
public final class Scorer implements AutoCloseable {

    private static final int OBJECTIVE_MAX_TOKENS = 64;

    /**
     * Number of examples passed to the model at once. More need more memory, and a computation can only be stopped
     * between chunks.
     */
    private static final int CHUNK = 128;

    /**
     * Number of examples up to which the gradient of each is returned in any case: the search learns more from them than
     * from their mean.
     */
    private static final int EACH = 16;

    /**
     * Product of examples and candidates up to which it is, because every gradient is stored with its evaluation; with
     * layer groups, one number for each of them.
     */
    private static final int EACH_VALUES = 10_000;

    private final LearningSession session;
    private final AdapterBank bank;
    private final ExampleSet set;
    private final List<Examples> chunks = new ArrayList<>();

    /** The examples in parts without common tokens; empty if the first chunk is such a part, or no gradient was needed yet. */
    private final List<Examples> separate = new ArrayList<>();

    private final int[] exampleOfToken;
    private final Predicate<Examples> isTooLarge;
    private boolean sound;
    private BooleanSupplier stopped = () -> false;

    public Scorer(LearningSession session, AdapterBank bank, ExampleSet set) {
        this(session, bank, set, session.model()::isTooLarge);
    }

    /** @param isTooLarge whether several examples are divided to compute their gradients */
    Scorer(LearningSession session, AdapterBank bank, ExampleSet set, Predicate<Examples> isTooLarge) {
        this.isTooLarge = isTooLarge;
        this.session = session;
        this.bank = bank;
        this.set = set;
        for (int i = 0; i < set.size(); i += CHUNK) {
            ExampleSet chunk = set.from(i, Math.min(set.size(), i + CHUNK));
            chunks.add(session.model().examples(chunk.inputs(), chunk.outputs()));
        }
        exampleOfToken = IntStream.range(0, chunks.size())
                .flatMap(c -> Arrays.stream(chunks.get(c).exampleOfToken()).map(example -> c * CHUNK + example))
                .toArray();
    }

    /** Sets a condition that ends an evaluation of many examples with a CancellationException. */
    void stopWhen(BooleanSupplier condition) {
        stopped = condition;
    }

    private void advance(int chunk) {
        if (stopped.getAsBoolean()) throw new CancellationException("The evaluation was stopped.");
        session.advance(chunk * CHUNK, set.size());
    }

    /** Returns the example index of each token loss. */
    public int[] exampleOfToken() {
        return exampleOfToken;
    }

    /** Returns the token losses of several weight vectors; small models compute them in one batch. */
    public List<float[]> tokenLosses(List<double[]> vectors) {
        if (chunks.size() == 1) return session.model().tokenLosses(bank, chunks.get(0), vectors);
        List<float[]> losses =
                vectors.stream().map(v -> new float[exampleOfToken.length]).toList();
        int at = 0;
        for (int c = 0; c < chunks.size(); c++) {
            advance(c);
            List<float[]> part = session.model().tokenLosses(bank, chunks.get(c), vectors);
            for (int v = 0; v < vectors.size(); v++) put(part.get(v), losses.get(v), at);
            at += part.get(0).length;
        }
        return losses;
    }

    /**
     * Returns, for each weight vector, the mean over the examples of the example's mean token loss in nats; small
     * models compute all vectors in one batch.
     */
    public double[] losses(List<double[]> vectors) {
        List<float[]> tokens = tokenLosses(vectors);
        double[] losses = new double[vectors.size()];
        for (int i = 0; i < losses.length; i++) {
            losses[i] = outcomes(vectors.get(i), tokens.get(i), false).stream()
                    .mapToDouble(LearningOutcome::loss)
                    .average()
                    .orElseThrow();
        }
        return losses;
    }

    /** Returns the number of vectors computed at once. */
    public int atOnce() {
        return session.model().vectorsAtOnce(bank, chunks.get(0));
    }

    /** Returns the number of vectors whose gradients are computed at once. */
    int gradientsAtOnce() {
        return session.model().gradientsAtOnce(bank, forGradients().get(0));
    }

    /** Returns the token losses of one weight vector with the gradient of the mean loss. */
    public LossGradient gradient(double[] weights) {
        return gradients(List.of(weights)).get(0);
    }

    /** The same of several weight vectors; small models compute them in one batch. */
    List<LossGradient> gradients(List<double[]> vectors) {
        if (knowsEach()) return gradientsOfEach(vectors);
        if (chunks.size() == 1) return session.model().gradients(bank, chunks.get(0), vectors, false);
        List<LossGradient> sums = zeros(vectors, () -> null);
        int at = 0;
        for (int c = 0; c < chunks.size(); c++) {
            advance(c);
            List<LossGradient> parts = session.model().gradients(bank, chunks.get(c), vectors, false);
            double share = chunks.get(c).count() / (double) set.size();
            for (int v = 0; v < vectors.size(); v++) {
                put(parts.get(v).tokenLosses(), sums.get(v).tokenLosses(), at);
                Vectors.add(sums.get(v).gradient(), share, parts.get(v).gradient());
            }
            at += parts.get(0).tokenLosses().length;
        }
        return sums;
    }

    private List<LossGradient> zeros(List<double[]> vectors, Supplier<float[][]> ofExamples) {
        return vectors.stream()
                .map(v -> new LossGradient(new float[exampleOfToken.length], new double[v.length], ofExamples.get()))
                .toList();
    }

    private List<LossGradient> gradientsOfEach(List<double[]> vectors) {
        List<Examples> parts = forGradients();
        if (parts.size() == 1) return session.model().gradients(bank, parts.get(0), vectors, true);
        List<LossGradient> all = zeros(vectors, () -> new float[set.size()][]);
        int[][] tokens = tokensOfExamples();
        int first = 0;
        for (Examples part : parts) {
            List<LossGradient> own = session.model().gradients(bank, part, vectors, true);
            int[] owners = part.exampleOfToken();
            for (int v = 0; v < vectors.size(); v++) {
                LossGradient whole = all.get(v);
                LossGradient some = own.get(v);
                Vectors.add(whole.gradient(), part.count() / (double) set.size(), some.gradient());
                System.arraycopy(some.ofExamples(), 0, whole.ofExamples(), first, part.count());
                int[] next = new int[part.count()];
                for (int t = 0; t < owners.length; t++) {
                    int place = tokens[first + owners[t]][next[owners[t]]++];
                    whole.tokenLosses()[place] = some.tokenLosses()[t];
                }
            }
            first += part.count();
        }
        return all;
    }

    private int[][] tokensOfExamples() {
        return IntStream.range(0, set.size())
                .mapToObj(e -> IntStream.range(0, exampleOfToken.length)
                        .filter(t -> exampleOfToken[t] == e)
                        .toArray())
                .toArray(int[][]::new);
    }

    /** Of many examples not if the model would then compute many more tokens. */
    private boolean knowsEach() {
        Examples first = chunks.get(0);
        return set.size() <= EACH
                || set.size() <= Math.min(CHUNK, EACH_VALUES / bank.candidates())
                        && first.separateInputTokens() <= 1.5 * first.inputTokens();
    }

    /** The first chunk, or all examples in parts without common tokens. */
    private List<Examples> forGradients() {
        Examples first = chunks.get(0);
        boolean asItIs = first.areSeparate() && !isTooLarge.test(first);
        if (!knowsEach() || asItIs) return List.of(first);
        if (separate.isEmpty()) separate(0, set.size());
        return separate;
    }

    /** Divides the examples until a part fits into memory: what the model keeps for a gradient grows with its tokens. */
    private void separate(int from, int to) {
        ExampleSet some = set.from(from, to);
        Examples part = session.model().separateExamples(some.inputs(), some.outputs());
        if (!isTooLarge.test(part)) {
            separate.add(part);
            return;
        }
        part.close();
        int middle = (from + to) / 2;
        separate(from, middle);
        separate(middle, to);
    }

    private static void put(float[] part, float[] whole, int at) {
        System.arraycopy(part, 0, whole, at, part.length);
    }

    /** Returns the result of each example under the weights, in the order of the examples. */
    public List<LearningOutcome> outcomes(double[] weights, boolean withPredictions) {
        return outcomes(weights, tokenLosses(List.of(weights)).get(0), withPredictions);
    }

    public List<LearningOutcome> outcomes(double[] weights, float[] tokenLosses, boolean withPredictions) {
        if (!sound && !finite(tokenLosses)) requireSoundBase();
        List<String> predictions = withPredictions ? predictions(weights, tokenLosses) : null;
        List<float[]> own = set.outputs().stream().map(o -> new float[o.length]).toList();
        int[] at = new int[set.size()];
        for (int t = 0; t < tokenLosses.length; t++) {
            int example = exampleOfToken[t];
            own.get(example)[at[example]++] = tokenLosses[t];
        }
        return IntStream.range(0, set.size())
                .mapToObj(i -> new LearningOutcome(
                        set.examples().get(i), own.get(i), predictions == null ? null : predictions.get(i)))
                .toList();
    }

    /** Of an example whose losses aren't finite the empty text: nothing can be written with such a mix, so it is a bad one. */
    private List<String> predictions(double[] weights, float[] tokenLosses) {
        boolean[] broken = new boolean[set.size()];
        for (int t = 0; t < tokenLosses.length; t++) broken[exampleOfToken[t]] |= !Float.isFinite(tokenLosses[t]);
        List<int[]> inputs = IntStream.range(0, set.size())
                .filter(i -> !broken[i])
                .mapToObj(set.inputs()::get)
                .toList();
        Iterator<String> written = session.generation()
                .generate(bank, inputs, weights, longestOutput())
                .iterator();
        return IntStream.range(0, set.size())
                .mapToObj(i -> broken[i] ? "" : written.next())
                .toList();
    }

    /** Requires finite losses of the base model. A mix may overflow, which only makes its weights bad. */
    private void requireSoundBase() {
        double[] zero = new double[bank.candidates()];
        if (!finite(tokenLosses(List.of(zero)).get(0))) {
            throw new EngineException(
                    "The loss of the base model in %s on these examples isn't finite: its weights contain NaN or infinity, or are too large for %s. \"lorahub inspect\" names such tensors."
                            .formatted(session.base().folder(), session.model().precision()));
        }
        sound = true;
    }

    private static boolean finite(float[] values) {
        for (float value : values) {
            if (!Float.isFinite(value)) return false;
        }
        return true;
    }

    /** Returns a token limit: a prediction several tokens longer than every output is wrong anyway. */
    private int longestOutput() {
        int longest = set.outputs().stream().mapToInt(o -> o.length).max().orElseThrow();
        return Math.max(longest + 8, Math.min(OBJECTIVE_MAX_TOKENS, 2 * longest));
    }

    @Override
    public void close() {
        chunks.forEach(Examples::close);
        separate.forEach(Examples::close);
    }
}
