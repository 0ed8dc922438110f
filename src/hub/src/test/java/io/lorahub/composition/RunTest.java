package io.lorahub.composition;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.lorahub.account.Person;
import io.lorahub.account.Role;
import io.lorahub.composition.request.RunRequest;
import io.lorahub.composition.request.RunService;
import io.lorahub.demo.DemoHub;
import io.lorahub.engine.learning.Example;
import io.lorahub.engine.learning.LearningSettings;
import io.lorahub.engine.optimize.SearchSettings;
import io.lorahub.testsupport.AsBrowser;
import io.lorahub.testsupport.DemoOnHub;
import io.lorahub.testsupport.Hub;
import io.lorahub.testsupport.PostgresResource;
import io.lorahub.testsupport.RunSpecs;
import io.lorahub.web.ProblemException;
import io.quarkus.narayana.jta.QuarkusTransaction;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.hamcrest.Matchers;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

@QuarkusTest
@QuarkusTestResource(PostgresResource.class)
class RunTest {

    private static final Duration SOON = Duration.ofSeconds(60);

    private final Hub hub;
    private final DemoOnHub demo;
    private final RunService runs;
    private Person member;
    private List<String> candidates;

    RunTest(Hub hub, DemoOnHub demo, RunService runs) {
        this.hub = hub;
        this.demo = demo;
        this.runs = runs;
    }

    @BeforeEach
    void publish() {
        member = hub.person(Role.MEMBER);
        candidates = demo.publish(hub.person(Role.MEMBER), "un", "past", "re", "plural");
    }

    private RunRequest request(RunSpec spec) {
        return new RunRequest("un-past", "", Optional.empty(), candidates, spec);
    }

    private static RunSpec spec(int heldOut) {
        List<Example> all = DemoHub.open().task("un-past").heldOut();
        return RunSpec.of(DemoHub.open().task("un-past").fewShot(1), all.subList(0, heldOut));
    }

    private CompositionRun start(RunSpec spec) {
        return runs.start(RunOwner.member(member), request(spec));
    }

    private CompositionRun stored(UUID id) {
        return QuarkusTransaction.requiringNew().call(() -> {
            CompositionRun run = CompositionRun.findById(id);
            run.files.size();
            return run;
        });
    }

    private CompositionRun ended(UUID id) {
        await().atMost(SOON).until(() -> stored(id).state.isEnded());
        return stored(id);
    }

    @Test
    void a_run_ends_with_weights_controls_and_files() {
        CompositionRun run = ended(start(spec(20)).id);

        assertThat(run.failure).isNull();
        assertThat(run.state).isEqualTo(RunState.SUCCEEDED);
        assertThat(run.spent).isEqualTo(40);
        assertThat(run.files).containsKeys("adapter_config.json", "adapter_model.safetensors", "recipe.json");
        assertThat(run.result.path("composed").path("held_out").path("count").asInt())
                .isEqualTo(20);
        assertThat(run.result.path("composed").path("loss").asDouble())
                .isLessThan(run.result.path("base").path("loss").asDouble());
        assertThat(run.predictions).hasSize(5);
        QuarkusTransaction.requiringNew()
                .run(() -> assertThat(RunEvaluation.of(run.id, 0).stream()
                                .mapToInt(e -> e.cost)
                                .sum())
                        .isEqualTo(40));
    }

    @Test
    void the_same_request_gives_the_same_weights() {
        CompositionRun first = ended(start(spec(0)).id);
        CompositionRun second = ended(start(spec(0)).id);

        assertThat(second.result.path("weights")).isEqualTo(first.result.path("weights"));
        assertThat(second.predictions)
                .as("what the answer says, not an earlier best")
                .isEqualTo(second.result.path("composed").path("predictions"));
    }

    @Test
    void a_paused_run_goes_on_from_its_log_and_ends_at_the_same_weights() {
        CompositionRun undisturbed = ended(start(spec(0)).id);
        CompositionRun run = start(spec(0));
        await().atMost(SOON).until(() -> stored(run.id).state != RunState.QUEUED);
        if (stored(run.id).state == RunState.RUNNING) runs.pause(run.id);
        await().atMost(SOON).until(() -> stored(run.id).state != RunState.RUNNING);
        if (stored(run.id).state == RunState.PAUSED) runs.resume(run.id);

        assertThat(ended(run.id).result.path("weights")).isEqualTo(undisturbed.result.path("weights"));
    }

    @Test
    void a_run_that_another_version_began_is_made_anew_from_where_they_differ() {
        CompositionRun undisturbed = ended(start(spec(0)).id);
        CompositionRun run = start(spec(0));
        await().atMost(SOON).until(() -> stored(run.id).spent > 8);
        runs.pause(run.id);
        await().atMost(SOON).until(() -> stored(run.id).state != RunState.RUNNING);
        assertThat(stored(run.id).state).isEqualTo(RunState.PAUSED);
        QuarkusTransaction.requiringNew()
                .run(() -> CompositionRun.getEntityManager()
                        .createNativeQuery("update composition_evaluation set weights[1] = weights[1] + 0.5"
                                + " where run_id = ?1 and number >= 7")
                        .setParameter(1, run.id)
                        .executeUpdate());
        runs.resume(run.id);

        CompositionRun ended = ended(run.id);
        assertThat(ended.failure).isNull();
        assertThat(ended.spent).isEqualTo(40);
        assertThat(ended.result.path("weights")).isEqualTo(undisturbed.result.path("weights"));
    }

    @Test
    void a_run_that_is_finished_early_has_the_result_of_what_it_tried() {
        CompositionRun run = start(RunSpecs.of(spec(0).examples(), List.of(), 1000, ""));
        await().atMost(SOON).until(() -> stored(run.id).spent > 0);
        runs.finish(run.id);

        CompositionRun ended = ended(run.id);
        assertThat(ended.state).isEqualTo(RunState.SUCCEEDED);
        assertThat(ended.spent).isLessThan(1000);
        assertThat(ended.result.path("interrupted").asBoolean()).isTrue();
        assertThat(ended.result.path("composed").path("predictions")).isNotEmpty();
        assertThat(ended.files).containsKey("adapter_model.safetensors");
        assertThatThrownBy(() -> runs.finish(run.id)).hasMessageContaining("has succeeded, so it can't be finished");
    }

    @Test
    void a_paused_run_is_finished_without_another_evaluation() {
        CompositionRun run = start(RunSpecs.of(spec(0).examples(), List.of(), 1000, ""));
        assertThatThrownBy(() -> runs.finish(UUID.randomUUID())).isInstanceOf(ProblemException.class);
        await().atMost(SOON).until(() -> stored(run.id).spent > 0);
        runs.pause(run.id);
        await().atMost(SOON).until(() -> stored(run.id).state == RunState.PAUSED);
        AsBrowser.given(hub.session(member))
                .get("/runs/" + run.id + "/result")
                .then()
                .statusCode(303)
                .header("Location", Matchers.endsWith("/runs/" + run.id));
        int spent = stored(run.id).spent;

        runs.finish(run.id);

        CompositionRun ended = ended(run.id);
        assertThat(ended.state).isEqualTo(RunState.SUCCEEDED);
        assertThat(ended.spent).isEqualTo(spent);
        assertThat(ended.result.path("evaluations").asInt()).isEqualTo(spent);
    }

    @Test
    void a_fork_takes_over_what_it_can() {
        CompositionRun first = ended(start(spec(0)).id);
        RunSpec longer = RunSpecs.of(spec(0).examples(), List.of(), 60, "");

        RunRequest forked = new RunRequest("longer", "", Optional.empty(), List.of(), longer);

        CompositionRun fork = ended(runs.start(RunOwner.member(member), forked.forkOf(first.id, 4)).id);

        assertThat(fork.state).isEqualTo(RunState.SUCCEEDED);
        assertThat(fork.spent).isEqualTo(60);
        QuarkusTransaction.requiringNew()
                .run(() -> assertThat(RunEvaluation.of(fork.id, 0)).anyMatch(e -> e.seconds == 0));
    }

    @Test
    void a_run_that_cannot_be_done_says_why() {
        CompositionRun run = start(spec(0));
        QuarkusTransaction.requiringNew()
                .run(() -> CompositionRun.getEntityManager()
                        .createNativeQuery("delete from version_file where version_id in"
                                + " (select version_id from composition_candidate where run_id = ?1)")
                        .setParameter(1, run.id)
                        .executeUpdate());
        CompositionRun second = start(spec(0));

        assertThat(ended(second.id).state).isEqualTo(RunState.FAILED);
        assertThat(stored(second.id).failure).contains("has no files");
        assertThat(ended(run.id).state).isIn(RunState.SUCCEEDED, RunState.FAILED);
    }

    @Test
    void all_faults_of_a_request_come_together() {
        RunSpec bad = RunSpec.of(List.of(), List.of())
                .with(SearchSettings.BUDGET, 0)
                .with(LearningSettings.STRATEGY, "magic")
                .with(SearchSettings.LOWER, 1.0)
                .with(SearchSettings.UPPER, -1.0);

        assertThatThrownBy(() -> runs.start(
                        RunOwner.member(member), new RunRequest("t\nt", "", Optional.empty(), List.of("no/such"), bad)))
                .isInstanceOfSatisfying(
                        ProblemException.class,
                        e -> assertThat(e.causes())
                                .extracting(c -> c.field())
                                .contains("title", "examples", "budget", "strategy", "lower", "candidates"));
    }

    @Test
    void a_run_that_has_ended_is_not_cancelled() {
        UUID run = ended(start(spec(0)).id).id;

        assertThatThrownBy(() -> runs.cancel(run))
                .isInstanceOf(ProblemException.class)
                .hasMessageEndingWith(" has succeeded, so it can't be cancelled.");
    }

    @Test
    void a_run_is_seen_by_its_owner_and_when_shared_by_all() {
        CompositionRun run = ended(start(spec(0)).id);
        String page = "/runs/" + run.id;

        AsBrowser.given(hub.session(member)).get(page).then().statusCode(200).body(Matchers.containsString("un-past"));
        AsBrowser.given().get(page).then().statusCode(404);
        AsBrowser.given(hub.session(hub.person(Role.MEMBER)))
                .post(page + "/cancel")
                .then()
                .statusCode(404);
        AsBrowser.given(hub.session(member))
                .formParam("shared", true)
                .post(page + "/share")
                .then()
                .statusCode(303);
        AsBrowser.given().get(page).then().statusCode(200);
        AsBrowser.given().get(page + "/log.csv").then().statusCode(200).body(Matchers.startsWith("evaluation,cost"));
        AsBrowser.given(hub.session(hub.person(Role.MEMBER)))
                .post(page + "/delete")
                .then()
                .statusCode(403);
    }

    @Test
    void the_events_of_a_run_bring_every_evaluation_and_the_end() {
        CompositionRun run = ended(start(spec(0)).id);

        String events = AsBrowser.given(hub.session(member))
                .get("/runs/" + run.id + "/events")
                .then()
                .statusCode(200)
                .extract()
                .asString();

        assertThat(events).contains("event:evaluations").contains("event:end");
        // number, objective, cost; what a point cost places it in the chart
        assertThat(events).containsPattern("\\[1,[0-9.E-]+,1]");
        AsBrowser.given(hub.session(member))
                .get("/runs/" + run.id)
                .then()
                .body(Matchers.matchesPattern("(?s).*&quot;points&quot;:\\[\\[1\\.0,[0-9.E-]+].*"));
    }
}
