package io.lorahub.cli;

import io.lorahub.engine.learning.ExampleSet;
import io.lorahub.engine.learning.Learned;
import io.lorahub.engine.learning.Report;
import io.lorahub.engine.learning.Session;
import io.lorahub.engine.learning.Settings;
import java.time.Duration;
import java.util.Optional;

/** The controls of a result; after an interruption only those that take no time. */
record Controls(
        Session session, ExampleSet fewShot, Optional<ExampleSet> heldOut, Settings settings, int maxNewTokens) {

    private static final Duration PATIENCE = Duration.ofSeconds(2);

    Optional<Report> of(Learned learned) {
        if (!learned.interrupted()) return Optional.of(report(heldOut, learned));
        double seconds = learned.secondsPerEvaluation() * (session.candidates().size() + 3);
        return seconds < PATIENCE.toSeconds() ? Optional.of(report(Optional.empty(), learned)) : Optional.empty();
    }

    private Report report(Optional<ExampleSet> tested, Learned learned) {
        return Report.of(session, fewShot, tested, settings, learned, maxNewTokens);
    }
}
