package io.lorahub.cli;

import io.lorahub.demo.DemoTask;
import io.lorahub.engine.learning.Example;
import io.lorahub.engine.learning.KnownControls;
import io.lorahub.engine.learning.LearnedMix;
import io.lorahub.engine.learning.LearningSettings;
import java.util.List;
import java.util.Optional;

/**
 * All that compose has to say.
 *
 * @param interrupted during the search or after it
 */
record ComposeResult(
        Optional<DemoTask> task,
        List<Example> fewShot,
        LearningSettings settings,
        LearnedMix learned,
        boolean interrupted,
        KnownControls controls,
        Optional<WrittenAdapter> written) {

    String verdict() {
        String ended = learned.interrupted()
                ? "Interrupted after %d of %s. "
                        .formatted(learned.evaluations(), TextLines.count(settings.budget(), "evaluation"))
                : interrupted ? "Interrupted after the search. " : "";
        return ended + controls.verdict();
    }
}
