package io.lorahub.engine.learning;

import java.util.List;
import java.util.Optional;

/**
 * A composition beside its controls, so that nobody fools himself.
 *
 * @param singles every candidate alone at weight 1, best first
 * @param verdict in words
 */
public record TokenReport(
        Control base, Control uniform, Control bestSingle, Control composed, List<Control> singles, String verdict) {

    /** The best single adapter, where it does better than the mix. */
    public Optional<Control> betterSingle() {
        return Optional.of(bestSingle).filter(single -> BaselineComparison.compared(single, composed) < 0);
    }

    /**
     * Scores the controls. What the search has evaluated already is taken from its history, the rest is evaluated and not
     * charged. Throws CancellationException once the session is cancelled.
     */
    public static TokenReport of(
            LearningSession session,
            ExampleSet fewShot,
            Optional<ExampleSet> heldOut,
            LearningSettings settings,
            LearnedMix learned,
            int maxNewTokens) {
        try (ControlGathering gathering =
                new ControlGathering(session, fewShot, heldOut, settings, learned, maxNewTokens)) {
            gathering.evaluate();
            gathering.decode();
            return gathering.report();
        }
    }
}
