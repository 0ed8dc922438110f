package io.lorahub.composition.form;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.lorahub.account.Person;
import io.lorahub.account.Role;
import io.lorahub.adapter.Adapter;
import io.lorahub.basemodel.BaseModelRecord;
import io.lorahub.composition.CompositionRun;
import io.lorahub.composition.RunCandidate;
import io.lorahub.composition.RunSpec;
import io.lorahub.composition.RunState;
import io.lorahub.composition.form.TimePrediction.Measured;
import io.lorahub.composition.form.TimePrediction.Work;
import io.lorahub.composition.queue.NobodyWorks;
import io.lorahub.engine.learning.Example;
import io.lorahub.testsupport.DemoOnHub;
import io.lorahub.testsupport.Hub;
import io.lorahub.testsupport.PostgresResource;
import io.quarkus.narayana.jta.QuarkusTransaction;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Runs are recorded here as workers would have left them. */
@QuarkusTest
@QuarkusTestResource(PostgresResource.class)
@TestProfile(NobodyWorks.class)
class RunEstimatesTest {

    private static final Example SHORT = new Example("lock", "unlocked");
    private static final Example LONG = new Example("word ".repeat(60), "another ".repeat(60));

    private final Hub hub;
    private final DemoOnHub demo;
    private final RunEstimates estimates;
    private Person member;
    private List<String> candidates;

    RunEstimatesTest(Hub hub, DemoOnHub demo, RunEstimates estimates) {
        this.hub = hub;
        this.demo = demo;
        this.estimates = estimates;
    }

    @BeforeEach
    void publish() {
        member = hub.person(Role.MEMBER);
        candidates = demo.publish(hub.person(Role.MEMBER), "un", "past");
    }

    private static BaseModelRecord model(long parameters) {
        return QuarkusTransaction.requiringNew().call(() -> {
            BaseModelRecord model = new BaseModelRecord();
            model.name = "lab/" + UUID.randomUUID();
            model.modelType = "t5";
            model.parameters = parameters;
            model.bytes = 4 * parameters;
            model.persist();
            return model;
        });
    }

    private static RunSpec spec(int examples, Example each) {
        return RunSpec.of(Collections.nCopies(examples, each), List.of());
    }

    private CompositionRun record(BaseModelRecord model, RunSpec spec, double secondsEach) {
        return QuarkusTransaction.requiringNew().call(() -> {
            CompositionRun run = new CompositionRun();
            run.id = UUID.randomUUID();
            run.person = member;
            run.title = "recorded";
            run.spec = spec;
            run.budget = spec.budget();
            run.spent = spec.budget();
            run.seconds = secondsEach * run.spent;
            run.baseModel = model;
            run.state = RunState.SUCCEEDED;
            run.startedAt = Instant.now().minusSeconds((long) run.seconds + 3);
            run.endedAt = Instant.now();
            run.createdAt = run.startedAt;
            run.queuedAt = run.startedAt;
            run.candidates = candidates.stream()
                    .map(address -> Adapter.at(address.split("/")[0], address.split("/")[1])
                            .orElseThrow()
                            .newest())
                    .map(RunCandidate::of)
                    .toList();
            run.persist();
            return run;
        });
    }

    private RunEstimate of(BaseModelRecord model, RunSpec spec, int candidates) {
        return QuarkusTransaction.requiringNew()
                .call(() -> estimates.of(
                        Optional.of(BaseModelRecord.findById(model.id)), spec, 0, candidates, Optional.empty()));
    }

    private double each(BaseModelRecord model, RunSpec spec) {
        return of(model, spec, 2).secondsEach().orElseThrow();
    }

    @Test
    void longer_and_more_examples_are_expected_to_take_longer_than_what_was_measured() {
        BaseModelRecord model = model(1_600_000);
        record(model, spec(5, SHORT), 0.0115);

        assertThat(each(model, spec(5, SHORT))).isCloseTo(0.0115, within(1e-6));
        double expected = each(model, spec(60, LONG));
        assertThat(expected).as("measured: 1.8 s").isBetween(0.5, 6.0);

        record(model, spec(60, LONG), 1.8);
        assertThat(each(model, spec(60, LONG))).isCloseTo(1.8, within(0.2));
        assertThat(each(model, spec(5, SHORT))).isCloseTo(0.0115, within(0.002));
        assertThat(each(model, spec(30, LONG))).isCloseTo(0.9, within(0.15));
        assertThat(of(model, spec(60, LONG), 2).source())
                .startsWith("From %d evaluations of the latest runs, for "
                        .formatted(2 * spec(1, SHORT).budget()));
    }

    @Test
    void a_runs_own_duration_is_the_estimate_of_its_repetition() {
        BaseModelRecord model = model(1_600_000);
        CompositionRun slow = record(model, spec(5, SHORT), 0.1);
        for (int i = 0; i < 10; i++) record(model, spec(5, SHORT), 0.01);

        assertThat(each(model, spec(5, SHORT))).isLessThan(0.03);
        RunEstimate repeated = QuarkusTransaction.requiringNew()
                .call(() -> estimates.of(
                        Optional.of(BaseModelRecord.findById(model.id)),
                        spec(5, SHORT),
                        0,
                        2,
                        Optional.of(CompositionRun.findById(slow.id))));
        assertThat(repeated.secondsEach().orElseThrow()).isCloseTo(0.1, within(0.02));
        assertThat(repeated.source())
                .startsWith("From %d evaluations of the run that this repeats, for ".formatted(slow.spent));
    }

    @Test
    void more_candidates_and_more_held_out_examples_take_longer() {
        BaseModelRecord model = model(1_600_000);
        record(model, spec(5, SHORT), 0.0115);

        assertThat(of(model, spec(5, SHORT), 24).secondsEach().orElseThrow())
                .isGreaterThan(each(model, spec(5, SHORT)));
        RunEstimate many = QuarkusTransaction.requiringNew()
                .call(() -> estimates.of(
                        Optional.of(BaseModelRecord.findById(model.id)), spec(5, SHORT), 100_000, 2, Optional.empty()));
        assertThat(many.rest()).isGreaterThan(of(model, spec(5, SHORT), 2).rest());
    }

    @Test
    void a_model_that_nothing_was_measured_on_is_guessed_from_its_size_and_the_pace_of_others() {
        BaseModelRecord small = model(1_600_000);
        RunEstimate guess = of(model(250_000_000), spec(5, LONG), 2);
        assertThat(guess.isGuess()).isTrue();
        assertThat(guess.source())
                .startsWith("A guess for ")
                .contains("nothing has been measured on this base model yet");
        record(small, spec(5, SHORT), 0.0115);

        assertThat(of(model(250_000_000), spec(5, LONG), 2).source()).contains("the speed of other models here");
        assertThat(each(model(250_000_000), spec(5, LONG))).isGreaterThan(4 * each(small, spec(5, LONG)));
    }

    @Test
    void no_base_model_no_figures() {
        RunEstimate none = QuarkusTransaction.requiringNew()
                .call(() -> estimates.of(Optional.empty(), spec(5, SHORT), 0, 2, Optional.empty()));

        assertThat(none.total()).isEmpty();
        assertThat(none.source()).isEqualTo("Choose a base model or a candidate for an estimate.");
    }

    @Test
    void what_was_measured_in_many_ways_is_met_in_all_of_them() {
        TimePrediction truth = new TimePrediction(0.004, 1.6e-4, 2e-4);
        List<Measured> measured = List.of(
                measured(truth, 40, 24), measured(truth, 60, 4), measured(truth, 900, 5), measured(truth, 11_000, 24));

        TimePrediction fitted = TimePrediction.ofEvaluation(77_000_000).fitted(measured);

        for (Measured m : measured) {
            assertThat(fitted.seconds(m.work())).isCloseTo(m.seconds(), within(0.2 * m.seconds()));
        }
        assertThat(fitted.fixed()).isNotNegative();
    }

    private static Measured measured(TimePrediction truth, double tokens, int candidates) {
        Work work = new Work(tokens, candidates);
        return new Measured(work, truth.seconds(work), 1);
    }
}
