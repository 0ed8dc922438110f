package io.lorahub.engine.learning.control;

import static org.assertj.core.api.Assertions.assertThat;

import io.lorahub.engine.learning.ExampleSet;
import io.lorahub.engine.learning.LearnedMix;
import io.lorahub.engine.learning.LearningRun;
import io.lorahub.engine.learning.LearningSession;
import io.lorahub.engine.learning.LearningSettings;
import io.lorahub.engine.learning.control.KnownControls.Effort;
import io.lorahub.engine.model.ComposedWeights;
import io.lorahub.testsupport.DemoTask;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class KnownControlsTest {

    private static final DemoTask TASK = DemoTask.named("un-past", 1);
    private static final LearningSettings SETTINGS =
            LearningSettings.DEFAULT.withBudget(3).withStrategy("random");

    @Test
    void evaluations_of_the_search_are_reused() {
        try (LearningSession session = DemoTask.session(ComposedWeights.EXACT, "un", "past")) {
            KnownControls known = known(session, Effort.NONE);

            assertThat(known.base()).isPresent();
            assertThat(known.composed()).isPresent();
            assertThat(known.uniform()).isEmpty();
            assertThat(known.bestSingle()).isEmpty();
            assertThat(known.verdict())
                    .startsWith("The mix has the loss ")
                    .endsWith(" 2 of the adapters were not evaluated alone. The held-out examples were not decoded.");
        }
    }

    @Test
    void losses_take_no_decoding() {
        try (LearningSession session = DemoTask.session(ComposedWeights.EXACT, "un", "past")) {
            KnownControls known = known(session, Effort.LOSSES);

            assertThat(known.bestSingle().orElseThrow().heldOut()).isEmpty();
            assertThat(known.uniform()).isPresent();
            assertThat(known.verdict())
                    .contains("best single adapter")
                    .endsWith("The held-out examples were not decoded.");
        }
    }

    @Test
    void nothing_is_expected_of_predictions_that_end_before_the_outputs_do() {
        try (LearningSession session = DemoTask.session(ComposedWeights.EXACT, "un", "past")) {
            LearnedMix learned = learned(session);
            ExampleSet fewShot = session.encode(TASK.fewShot());

            assertThat(KnownControls.of(session, fewShot, Optional.empty(), SETTINGS, learned, 24, Effort.LOSSES)
                            .expected())
                    .isPresent();
            KnownControls cutOff =
                    KnownControls.of(session, fewShot, Optional.empty(), SETTINGS, learned, 1, Effort.LOSSES);
            assertThat(cutOff.expected()).isEmpty();
            assertThat(cutOff.cutOff()).isEqualTo(fewShot.longestOutput());
            assertThat(cutOff.verdict())
                    .endsWith(
                            "Predictions end after 1 token, but the longest output has %d: allow longer predictions (max_new_tokens)."
                                    .formatted(fewShot.longestOutput()));
        }
    }

    @Test
    void a_cancelled_session_leaves_what_is_known() {
        try (LearningSession session = DemoTask.session(ComposedWeights.EXACT, "un", "past")) {
            LearnedMix learned = learned(session);
            ExampleSet fewShot = session.encode(TASK.fewShot());
            Optional<ExampleSet> heldOut = Optional.of(session.encode(TASK.heldOut()));
            session.cancel();
            KnownControls known = KnownControls.of(session, fewShot, heldOut, SETTINGS, learned, 24, Effort.ALL);

            assertThat(known.base()).isPresent();
            assertThat(known.bestSingle()).isEmpty();
            assertThat(known.verdict()).contains("were not evaluated alone");
        }
    }

    @Test
    void with_all_of_them_it_says_the_same() {
        try (LearningSession session = DemoTask.session(ComposedWeights.EXACT, "un", "past")) {
            LearnedMix learned = learned(session);
            KnownControls known = known(session, learned, Effort.ALL);
            KnownControls all = KnownControls.all(
                    session,
                    session.encode(TASK.fewShot()),
                    Optional.of(session.encode(TASK.heldOut())),
                    SETTINGS,
                    learned,
                    24);

            assertThat(known.verdict()).isEqualTo(all.verdict());
            assertThat(known.base().orElseThrow().heldOut())
                    .isEqualTo(all.base().orElseThrow().heldOut());
        }
    }

    private static KnownControls known(LearningSession session, Effort effort) {
        return known(session, learned(session), effort);
    }

    private static KnownControls known(LearningSession session, LearnedMix learned, Effort effort) {
        return KnownControls.of(
                session,
                session.encode(TASK.fewShot()),
                Optional.of(session.encode(TASK.heldOut())),
                SETTINGS,
                learned,
                24,
                effort);
    }

    private static LearnedMix learned(LearningSession session) {
        return new LearningRun(session, session.encode(TASK.fewShot()), SETTINGS).run();
    }
}
