package io.lorahub.engine.learning.control;

import io.lorahub.engine.learning.ExampleSet;
import io.lorahub.engine.learning.LearnedMix;
import io.lorahub.engine.learning.LearningSession;
import io.lorahub.engine.learning.LearningSettings;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CancellationException;

/**
 * Compares a mix with the controls known so far: all of them, unless evaluating them was cancelled.
 *
 * @param bestSingle the best of the candidates that were evaluated alone
 * @param singles    candidates that were evaluated alone at weight 1, best first
 * @param expected   how the mix is likely to do on other inputs; empty for objectives other than the loss
 * @param cutOff     tokens of the longest output of all examples, if predictions end before it; 0 otherwise
 * @param verdict    the result in words, as far as it is known
 */
public record KnownControls(
        Optional<Control> base,
        Optional<Control> uniform,
        Optional<Control> bestSingle,
        Optional<Control> composed,
        List<Control> singles,
        Optional<ExpectedAccuracy> expected,
        int cutOff,
        String verdict) {

    /** The amount of work to spend on controls. */
    public enum Effort {
        /** Only uses evaluations of the search. */
        NONE,
        /** Also evaluates losses on the few-shot examples. */
        LOSSES,
        /** Also decodes the held-out examples. */
        ALL
    }

    /**
     * Scores all controls. Evaluations of the search are reused; additional ones are not charged to the budget. Throws
     * CancellationException once the session is cancelled.
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

    /** Scores as many controls as possible until the session is cancelled. */
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
                // report the results so far
            }
            return scorer.known();
        }
    }

    /** The best single adapter, if it is known to be better than the mix. */
    public Optional<Control> betterSingle() {
        return composed.flatMap(mix -> bestSingle.filter(single -> BaselineComparison.compared(single, mix) < 0));
    }

    KnownControls withVerdict(String text) {
        return new KnownControls(base, uniform, bestSingle, composed, singles, expected, cutOff, text);
    }
}
