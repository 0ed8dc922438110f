package io.lorahub.engine.learning;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;

/**
 * Mixes that a search tried and that its examples hardly tell apart. Where they write different texts, the output of one more
 * example says most about which of them is right: query by committee (Seung, Opper and Sompolinsky, COLT 1992).
 */
public final class PlausibleMixes {

    /** Number of mixes, with the one that was chosen. */
    private static final int MOST = 8;

    /** How much less likely a mix may make the examples, all together, than the best one does, in nats. */
    private static final double PLAUSIBLE = 3;

    private PlausibleMixes() {}

    /**
     * Returns the weights that a search has chosen, and then those of other points that it tried and that are plausible: one
     * after the other, the one that is farthest from all before it. If fewer than {@link #MOST} are, the best others follow.
     *
     * @param chosen the search's answer
     * @param tried  all evaluations of the search
     */
    public static List<double[]> of(double[] chosen, List<EvaluationRecord> tried) {
        List<EvaluationRecord> finite = tried.stream()
                .filter(record -> Double.isFinite(record.objective()))
                .sorted(Comparator.comparingDouble(EvaluationRecord::objective))
                .toList();
        // only the objectives of losses have likelihoods; under others, what is no worse than the best is plausible
        boolean likely = finite.stream().allMatch(record -> record.tokenLosses() != null);
        ToDoubleFunction<EvaluationRecord> value = likely ? PlausibleMixes::sum : EvaluationRecord::objective;
        double most = finite.stream().mapToDouble(value).min().orElse(0) + (likely ? PLAUSIBLE : 0);
        List<double[]> mixes = new ArrayList<>(List.of(chosen));
        List<double[]> plausible = new ArrayList<>(finite.stream()
                .filter(record -> value.applyAsDouble(record) <= most)
                .map(EvaluationRecord::weights)
                .toList());
        while (mixes.size() < MOST && !plausible.isEmpty()) {
            double[] farthest = plausible.stream()
                    .max(Comparator.comparingDouble(weights -> distance(weights, mixes)))
                    .orElseThrow();
            if (distance(farthest, mixes) == 0) break;
            mixes.add(farthest);
            plausible.remove(farthest);
        }
        finite.stream()
                .map(EvaluationRecord::weights)
                .filter(weights -> distance(weights, mixes) > 0)
                .limit(MOST - mixes.size())
                .toList()
                .forEach(mixes::add);
        return mixes;
    }

    /** The negative logarithm of the likelihood of all examples, in nats. */
    private static double sum(EvaluationRecord record) {
        double sum = 0;
        for (float loss : record.tokenLosses()) sum += loss;
        return sum;
    }

    /** The squared distance to the nearest. */
    private static double distance(double[] weights, List<double[]> mixes) {
        return mixes.stream()
                .mapToDouble(mix -> {
                    double sum = 0;
                    for (int i = 0; i < mix.length; i++) sum += (mix[i] - weights[i]) * (mix[i] - weights[i]);
                    return sum;
                })
                .min()
                .orElseThrow();
    }

    /**
     * What mixes write for an input.
     *
     * @param input place of the input among those that were given
     * @param texts of each mix, the chosen one's first
     */
    public record Texts(int input, List<String> texts) {

        public Texts {
            texts = List.copyOf(texts);
        }

        /** The different texts, the most frequent first, with the number of mixes that write each. */
        public List<Map.Entry<String, Long>> votes() {
            Map<String, Long> votes = new HashMap<>();
            texts.forEach(text -> votes.merge(text, 1L, Long::sum));
            return votes.entrySet().stream()
                    .sorted(Comparator.comparing((Map.Entry<String, Long> vote) -> -vote.getValue())
                            .thenComparing(vote -> texts.indexOf(vote.getKey())))
                    .toList();
        }

        /** The entropy of the votes, in nats; 0 if all mixes write the same. */
        public double disagreement() {
            return votes().stream()
                    .mapToDouble(vote -> (double) vote.getValue() / texts.size())
                    .map(share -> -share * Math.log(share))
                    .sum();
        }
    }

    /**
     * Returns the inputs, those first on which the mixes disagree most.
     *
     * @param predictions texts of each mix for all inputs
     */
    public static List<Texts> ranked(List<List<String>> predictions) {
        int inputs = predictions.get(0).size();
        return IntStream.range(0, inputs)
                .mapToObj(input -> new Texts(
                        input, predictions.stream().map(of -> of.get(input)).toList()))
                .sorted(Comparator.comparingDouble((Texts texts) -> -texts.disagreement()))
                .toList();
    }
}
