package io.lorahub.engine.learning;

import io.lorahub.engine.error.EngineException;
import io.lorahub.engine.model.AdapterBank;
import io.lorahub.engine.model.LossGradient;
import io.lorahub.engine.model.format.Examples;
import io.lorahub.engine.optimize.Vectors;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import java.util.stream.IntStream;

/** Scores weight vectors on one set of examples. */
public final class Scorer implements AutoCloseable {

    private static final int OBJECTIVE_MAX_TOKENS = 64;

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
    private final ExampleParts.Limit limit;
    private final ExampleParts chunks;
    private final boolean knowsEach;

    /** The same without common tokens, for the gradient of each example; null before they are needed. */
    private ExampleParts separate;

    private final int[] exampleOfToken;
    private boolean sound;
    private BooleanSupplier stopped = () -> false;

    public Scorer(LearningSession session, AdapterBank bank, ExampleSet set) {
        this(
                session,
                bank,
                set,
                (examples, separate) -> session.model().isTooLarge(examples.inputs(), examples.outputs(), separate));
    }

    Scorer(LearningSession session, AdapterBank bank, ExampleSet set, ExampleParts.Limit limit) {
        this.limit = limit;
        this.session = session;
        this.bank = bank;
        this.set = set;
        chunks = new ExampleParts(session.model(), set, false, limit);
        exampleOfToken =
                new int[set.outputs().stream().mapToInt(output -> output.length).sum()];
        int[] at = {0};
        chunks.each((first, chunk) -> {
            for (int example : chunk.exampleOfToken()) exampleOfToken[at[0]++] = first + example;
        });
        knowsEach = set.size() <= EACH
                || set.size() <= ExampleParts.LARGEST
                        && set.size() * bank.candidates() <= EACH_VALUES
                        && chunks.first(chunk -> chunk.separateInputTokens() <= 1.5 * chunk.inputTokens());
    }

    /** Sets a condition that ends an evaluation of many examples with a CancellationException. */
    void stopWhen(BooleanSupplier condition) {
        stopped = condition;
    }

    private void advance(int done) {
        if (stopped.getAsBoolean()) throw new CancellationException("The evaluation was stopped.");
        session.advance(done, set.size());
    }

    /** Returns the example index of each token loss. */
    public int[] exampleOfToken() {
        return exampleOfToken;
    }

    /** Returns the token losses of several weight vectors; small models compute them in one batch. */
    public List<float[]> tokenLosses(List<double[]> vectors) {
        if (chunks.isOnlyOne()) {
            return chunks.first(chunk -> session.model().tokenLosses(bank, chunk, vectors));
        }
        List<float[]> losses =
                vectors.stream().map(v -> new float[exampleOfToken.length]).toList();
        int[] at = {0};
        chunks.each((first, chunk) -> {
            advance(first);
            List<float[]> part = session.model().tokenLosses(bank, chunk, vectors);
            for (int v = 0; v < vectors.size(); v++) put(part.get(v), losses.get(v), at[0]);
            at[0] += part.get(0).length;
        });
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
        return chunks.first(chunk -> session.model().vectorsAtOnce(bank, chunk));
    }

    /** Returns the number of vectors whose gradients are computed at once. */
    int gradientsAtOnce() {
        return forGradients().first(part -> session.model().gradientsAtOnce(bank, part));
    }

    /** Returns the token losses of one weight vector with the gradient of the mean loss. */
    public LossGradient gradient(double[] weights) {
        return gradients(List.of(weights)).get(0);
    }

    /** The same of several weight vectors; small models compute them in one batch. */
    List<LossGradient> gradients(List<double[]> vectors) {
        if (knowsEach) return gradientsOfEach(vectors);
        if (chunks.isOnlyOne()) {
            return chunks.first(chunk -> session.model().gradients(bank, chunk, vectors, false));
        }
        List<LossGradient> sums = zeros(vectors, () -> null);
        int[] at = {0};
        chunks.each((first, chunk) -> {
            advance(first);
            List<LossGradient> parts = session.model().gradients(bank, chunk, vectors, false);
            double share = chunk.count() / (double) set.size();
            for (int v = 0; v < vectors.size(); v++) {
                put(parts.get(v).tokenLosses(), sums.get(v).tokenLosses(), at[0]);
                Vectors.add(sums.get(v).gradient(), share, parts.get(v).gradient());
            }
            at[0] += parts.get(0).tokenLosses().length;
        });
        return sums;
    }

    private List<LossGradient> zeros(List<double[]> vectors, Supplier<float[][]> ofExamples) {
        return vectors.stream()
                .map(v -> new LossGradient(new float[exampleOfToken.length], new double[v.length], ofExamples.get()))
                .toList();
    }

    private List<LossGradient> gradientsOfEach(List<double[]> vectors) {
        ExampleParts parts = forGradients();
        if (parts.isOnlyOne()) return parts.first(part -> session.model().gradients(bank, part, vectors, true));
        List<LossGradient> all = zeros(vectors, () -> new float[set.size()][]);
        int[][] tokens = tokensOfExamples();
        parts.each((first, part) -> {
            advance(first);
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
        });
        return all;
    }

    private int[][] tokensOfExamples() {
        return IntStream.range(0, set.size())
                .mapToObj(e -> IntStream.range(0, exampleOfToken.length)
                        .filter(t -> exampleOfToken[t] == e)
                        .toArray())
                .toArray(int[][]::new);
    }

    private ExampleParts forGradients() {
        boolean asItIs = chunks.isOnlyOne() && chunks.first(Examples::areSeparate);
        if (!knowsEach || asItIs) return chunks;
        if (separate == null) separate = new ExampleParts(session.model(), set, true, limit);
        return separate;
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
        List<String> predictions =
                withPredictions ? session.generation().generate(bank, set.inputs(), weights, longestOutput()) : null;
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
        chunks.close();
        if (separate != null) separate.close();
    }
}
