package io.lorahub.engine.learning;

import java.util.List;
import java.util.Optional;
import java.util.concurrent.CancellationException;

/**
 * A mix compared with the controls known so far: all of them, unless evaluating them was cancelled.
 *
 * @param bestSingle the best of the candidates that were evaluated alone
 * @param singles    candidates that were evaluated alone at weight 1, best first
 * @param verdict    in words, as far as one can be given
 */
public record KnownControls(
        Optional<Control> base,
        Optional<Control> uniform,
        Optional<Control> bestSingle,
        Optional<Control> composed,
        List<Control> singles,
        String verdict) {

    /** How much work the controls may take. */
    public enum Effort {
        /** What the search has evaluated. */
        NONE,
        /** Their losses on the few-shot examples too. */
        LOSSES,
        /** Held-out examples are decoded too. */
        ALL
    }

    /**
     * Scores all controls. What the search has evaluated already is taken from its history, the rest is evaluated and
     * not charged. Throws CancellationException once the session is cancelled.
     */
    public static KnownControls all(
            LearningSession session,
            ExampleSet fewShot,
            Optional<ExampleSet> heldOut,
            LearningSettings settings,
            LearnedMix learned,
            int maxNewTokens) {
        try (ControlScorer scorer = new ControlScorer(session, fewShot, heldOut, settings, learned, maxNewTokens)) {
            scorer.evaluate();
            scorer.decode();
            return scorer.all();
        }
    }

    /** As far as it gets until the session is cancelled. */
    public static KnownControls of(
            LearningSession session,
            ExampleSet fewShot,
            Optional<ExampleSet> heldOut,
            LearningSettings settings,
            LearnedMix learned,
            int maxNewTokens,
            Effort effort) {
        try (ControlScorer scorer = new ControlScorer(session, fewShot, heldOut, settings, learned, maxNewTokens)) {
            try {
                if (effort != Effort.NONE) scorer.evaluate();
                if (effort == Effort.ALL) scorer.decode();
            } catch (CancellationException e) {
                // what there is is told
            }
            return scorer.known();
        }
    }

    /** The best single adapter, where it is known to do better than the mix. */
    public Optional<Control> betterSingle() {
        return composed.flatMap(mix -> bestSingle.filter(single -> BaselineComparison.compared(single, mix) < 0));
    }

    KnownControls saying(String text) {
        return new KnownControls(base, uniform, bestSingle, composed, singles, text);
    }
}
