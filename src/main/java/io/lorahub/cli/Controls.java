package io.lorahub.cli;

import io.lorahub.engine.learning.ExampleSet;
import io.lorahub.engine.learning.Learned;
import io.lorahub.engine.learning.Report;
import io.lorahub.engine.learning.Session;
import io.lorahub.engine.learning.Settings;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CancellationException;

/** The controls of a result; after an interruption only those that take no time. */
record Controls(
        Session session, ExampleSet fewShot, Optional<ExampleSet> heldOut, Settings settings, int maxNewTokens) {

    private static final Duration PATIENCE = Duration.ofSeconds(2);

    /** Empty where there is no time for it, or when it is interrupted. */
    Optional<Report> of(Learned learned, boolean interrupted) {
        double seconds = learned.secondsPerEvaluation() * (session.candidates().size() + 3);
        if (interrupted && seconds > PATIENCE.toSeconds()) return Optional.empty();
        try {
            return Optional.of(Report.of(
                    session, fewShot, interrupted ? Optional.empty() : heldOut, settings, learned, maxNewTokens));
        } catch (CancellationException e) {
            return Optional.empty();
        }
    }
}
