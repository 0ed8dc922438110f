package io.lorahub.engine.learning;

import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * A composition beside its controls, so that nobody fools himself.
 *
 * @param singles every candidate alone at weight 1, best first
 * @param verdict in words
 */
public record Report(
        Control base, Control uniform, Control bestSingle, Control composed, List<Control> singles, String verdict) {

    /**
     * Scores the controls. What the search has evaluated already is taken from its history, the rest is evaluated and not
     * charged.
     */
    public static Report of(
            Session session,
            ExampleSet fewShot,
            Optional<ExampleSet> heldOut,
            Settings settings,
            Learned learned,
            int maxNewTokens) {
        try (ControlScorer scorer = new ControlScorer(session, fewShot, heldOut, settings, learned, maxNewTokens)) {
            int n = session.candidates().size();
            double[] even = new double[n];
            java.util.Arrays.fill(even, 1.0 / n);
            List<Control> singles = scorer.singles().stream()
                    .sorted(Comparator.comparingDouble(Control::loss))
                    .toList();
            Control base = scorer.tested("base", new double[n]);
            Control uniform = scorer.tested("uniform", even);
            Control best = scorer.tested(singles.get(0).name(), singles.get(0).weights());
            Control composed = scorer.tested("composed", learned.vector());
            return new Report(base, uniform, best, composed, singles, Verdict.of(base, best, composed));
        }
    }
}
