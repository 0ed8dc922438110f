package io.lorahub.composition;

import static org.assertj.core.api.Assertions.assertThat;

import io.lorahub.account.Role;
import io.lorahub.demo.DemoHub;
import io.lorahub.testsupport.DemoOnHub;
import io.lorahub.testsupport.Hub;
import io.lorahub.testsupport.PostgresResource;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** Questions whose workers end; no worker takes anything here. */
@QuarkusTest
@QuarkusTestResource(PostgresResource.class)
@TestProfile(QueueTest.NobodyWorks.class)
class TrialStatesTest {

    private final Hub hub;
    private final DemoOnHub demo;
    private final Trials trials;
    private final TrialStates states;

    TrialStatesTest(Hub hub, DemoOnHub demo, Trials trials, TrialStates states) {
        this.hub = hub;
        this.demo = demo;
        this.trials = trials;
        this.states = states;
    }

    @Test
    void a_question_that_ends_its_workers_is_given_up() {
        demo.publish(hub.person(Role.MEMBER), "un", "past");
        UUID trial = trials.suggest(
                Owner.member(hub.person(Role.MEMBER)),
                DemoHub.BASE_MODEL,
                DemoHub.open().task("un-past").fewShot(1),
                List.of());
        for (int i = 0; i < TrialStates.TRIES; i++)
            assertThat(states.take(trial)).isPresent();

        assertThat(states.take(trial)).isEmpty();

        Optional<Answer> answer = trials.answer(trial);
        assertThat(answer).containsInstanceOf(Answer.Failed.class);
        assertThat(((Answer.Failed) answer.orElseThrow()).why()).contains("has ended 2 times");
    }
}
