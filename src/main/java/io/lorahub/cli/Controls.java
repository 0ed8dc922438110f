package io.lorahub.cli;

import io.lorahub.engine.learning.ExampleSet;
import io.lorahub.engine.learning.KnownControls;
import io.lorahub.engine.learning.KnownControls.Effort;
import io.lorahub.engine.learning.LearnedMix;
import io.lorahub.engine.learning.LearningSession;
import io.lorahub.engine.learning.LearningSettings;
import java.time.Duration;
import java.util.Optional;

/** The controls of a result; after an interruption only those that take no time. */
record Controls(
        LearningSession session,
        ExampleSet fewShot,
        Optional<ExampleSet> heldOut,
        LearningSettings settings,
        int maxNewTokens) {

    private static final Duration PATIENCE = Duration.ofSeconds(2);

    /** @param interrupted whether the search was; an interruption from now on cancels the session */
    KnownControls of(LearnedMix learned, boolean interrupted) {
        return KnownControls.of(
                session,
                fewShot,
                heldOut,
                settings,
                learned,
                maxNewTokens,
                interrupted ? hurried(learned) : Effort.ALL);
    }

    private Effort hurried(LearnedMix learned) {
        double seconds = learned.secondsPerEvaluation() * (session.candidates().size() + 3);
        return seconds > PATIENCE.toSeconds() ? Effort.NONE : Effort.LOSSES;
    }
}
