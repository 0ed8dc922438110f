package io.lorahub.composition.request;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.lorahub.account.AccessToken.Scope;
import io.lorahub.account.Person;
import io.lorahub.account.Role;
import io.lorahub.adapter.Adapter;
import io.lorahub.composition.CompositionConfig;
import io.lorahub.composition.CompositionRun;
import io.lorahub.composition.RunOwner;
import io.lorahub.composition.RunSpec;
import io.lorahub.composition.queue.NobodyWorks;
import io.lorahub.composition.queue.WorkerRecord;
import io.lorahub.composition.task.TaskConfig;
import io.lorahub.composition.task.WorkerTasks;
import io.lorahub.demo.DemoHub;
import io.lorahub.engine.learning.Example;
import io.lorahub.testsupport.AsBrowser;
import io.lorahub.testsupport.DemoOnHub;
import io.lorahub.testsupport.Hub;
import io.lorahub.testsupport.LockWaits;
import io.lorahub.testsupport.PostgresResource;
import io.lorahub.web.ProblemException;
import io.quarkus.narayana.jta.QuarkusTransaction;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import io.restassured.RestAssured;
import io.restassured.http.ContentType;
import io.restassured.response.Response;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** One member sends many requests at once; no worker takes anything here. */
@QuarkusTest
@QuarkusTestResource(PostgresResource.class)
@TestProfile(NobodyWorks.class)
class RunLimitsTest {

    private static final int AT_ONCE = 40;
    private static final String NO_WORKER = "which no worker of this hub has";

    private final Hub hub;
    private final DemoOnHub demo;
    private final RunService runs;
    private final WorkerTasks tasks;
    private final CompositionConfig limits;
    private final TaskConfig taskLimits;
    private Person member;
    private List<String> candidates;

    RunLimitsTest(
            Hub hub,
            DemoOnHub demo,
            RunService runs,
            WorkerTasks tasks,
            CompositionConfig limits,
            TaskConfig taskLimits) {
        this.hub = hub;
        this.demo = demo;
        this.runs = runs;
        this.tasks = tasks;
        this.limits = limits;
        this.taskLimits = taskLimits;
    }

    @BeforeEach
    void publish() {
        // those of tests before seem to be alive for a while
        QuarkusTransaction.requiringNew().run(() -> WorkerRecord.deleteAll());
        member = hub.person(Role.MEMBER);
        candidates = demo.publish(hub.person(Role.MEMBER), "un", "past");
    }

    @Test
    void many_runs_at_once_end_at_the_limit_of_the_member() throws Exception {
        String token = hub.token(member, Scope.WRITE);

        List<Response> answers = atOnce(() -> start(token));

        assertThat(answers).extracting(Response::statusCode).containsOnly(201, 429);
        assertThat(answers.stream().filter(answer -> answer.statusCode() == 201))
                .hasSize(limits.queued());
        assertThat(answers.stream().filter(answer -> answer.statusCode() == 429))
                .allMatch(answer -> answer.header("Retry-After") != null);
        assertThat(active()).isEqualTo(limits.queued());
        assertThat(start(hub.token(hub.person(Role.MEMBER), Scope.WRITE)).statusCode())
                .isEqualTo(201);
    }

    @Test
    void paused_runs_count_towards_the_limit_when_resumed() {
        CompositionRun paused = runs.start(RunOwner.member(member), request());
        runs.pause(paused.id);
        for (int i = 0; i < limits.queued(); i++) runs.start(RunOwner.member(member), request());

        assertThatThrownBy(() -> runs.resume(paused.id))
                .isInstanceOf(ProblemException.class)
                .hasMessageContaining("the limit is %d".formatted(limits.queued()));
        assertThat(active()).isEqualTo(limits.queued());
    }

    @Test
    void many_questions_at_once_end_at_the_limit_of_the_member() throws Exception {
        List<Boolean> asked = atOnce(() -> {
            try {
                tasks.suggest(
                        RunOwner.member(member), DemoHub.BASE_MODEL, RunSpec.of(examples(), List.of()), List.of());
                return true;
            } catch (ProblemException e) {
                return false;
            }
        });

        assertThat(asked.stream().filter(yes -> yes)).hasSize(taskLimits.waiting());
    }

    @Test
    void many_visitors_at_once_end_at_the_limit_of_all_visitors() throws Exception {
        List<Boolean> asked = atOnce(() -> {
            try {
                tasks.suggest(
                        RunOwner.visitor(java.util.UUID.randomUUID().toString()),
                        DemoHub.BASE_MODEL,
                        RunSpec.of(examples(), List.of()),
                        List.of());
                return true;
            } catch (ProblemException e) {
                return false;
            }
        });

        assertThat(asked.stream().filter(yes -> yes)).hasSize(taskLimits.waitingOfVisitors());
    }

    @Test
    void a_run_that_no_worker_has_the_memory_for_is_refused_with_what_it_needs() {
        String token = hub.token(member, Scope.WRITE);
        String small = QuarkusTransaction.requiringNew().call(() -> worker(1_000_000));
        try {
            Response answer = start(token);
            assertThat(answer.statusCode()).isEqualTo(422);
            assertThat(answer.path("causes[0].field").toString()).isEqualTo("candidates");
            assertThat(answer.path("causes[0].message").toString()).contains("of memory (base model", NO_WORKER);

            String large = QuarkusTransaction.requiringNew().call(() -> worker(1_000_000_000));
            assertThat(start(token).statusCode()).isEqualTo(201);
            QuarkusTransaction.requiringNew().run(() -> WorkerRecord.deleteById(large));
        } finally {
            QuarkusTransaction.requiringNew().run(() -> WorkerRecord.deleteById(small));
        }
    }

    @Test
    void a_run_whose_candidate_is_deleted_at_the_same_time_is_told() throws Exception {
        String[] address = candidates.get(0).split("/");
        CompletableFuture<CompositionRun> start;
        QuarkusTransaction.begin();
        try {
            Adapter adapter = Adapter.at(address[0], address[1]).orElseThrow();
            adapter.delete();
            Adapter.flush();
            start = CompletableFuture.supplyAsync(() -> runs.start(RunOwner.member(member), request()));
            await().until(() -> LockWaits.count() == 1);
        } finally {
            QuarkusTransaction.commit();
        }

        assertThatThrownBy(start::get).cause().hasMessageContaining("has just been deleted");
        assertThat(active()).isZero();
    }

    @Test
    void neither_a_fork_nor_a_paused_run_is_queued_that_no_worker_has_the_memory_for() {
        CompositionRun run = runs.start(RunOwner.member(member), request());
        runs.pause(run.id);
        String small = QuarkusTransaction.requiringNew().call(() -> worker(1_000_000));
        try {
            assertThatThrownBy(
                            () -> runs.start(RunOwner.member(member), request().forkOf(run.id, 0)))
                    .isInstanceOfSatisfying(
                            ProblemException.class,
                            refused -> assertThat(refused.causes())
                                    .singleElement()
                                    .satisfies(
                                            cause -> assertThat(cause.message()).contains(NO_WORKER)));
            assertThatThrownBy(() -> runs.resume(run.id)).hasMessageContaining(NO_WORKER);
            assertThat(active()).isZero();
        } finally {
            QuarkusTransaction.requiringNew().run(() -> WorkerRecord.deleteById(small));
        }
        runs.resume(run.id);
        assertThat(active()).isOne();
    }

    @Test
    void the_form_says_what_the_run_needs_before_it_is_sent_and_that_no_worker_has_it() {
        CompositionRun run = runs.start(RunOwner.member(member), request());
        String page = "/compose?from=" + run.id;
        String session = hub.session(member);
        String needed = QuarkusTransaction.requiringNew()
                .call(() -> {
                    CompositionRun stored = CompositionRun.findById(run.id);
                    return RunValidator.memory(stored.spec, stored.baseModel, stored.versions());
                })
                .brief();

        assertThat(AsBrowser.given(session).get(page).asString())
                .contains("<dt>Memory</dt>", ">about " + needed + "</dd>")
                .doesNotContain(NO_WORKER);
        String small = QuarkusTransaction.requiringNew().call(() -> worker(1_000_000));
        try {
            assertThat(AsBrowser.given(session).get(page).asString()).contains(NO_WORKER);
        } finally {
            QuarkusTransaction.requiringNew().run(() -> WorkerRecord.deleteById(small));
        }
    }

    private static String worker(long memory) {
        WorkerRecord worker = new WorkerRecord();
        worker.name = "memory-" + memory;
        worker.device = "cpu";
        worker.cores = 1;
        worker.memory = memory;
        worker.version = "test";
        worker.slots = 1;
        worker.models = List.of();
        worker.startedAt = Instant.now();
        worker.seenAt = Instant.now();
        worker.persist();
        return worker.name;
    }

    private Response start(String token) {
        Map<String, Object> body = Map.of("title", "un-past", "candidates", candidates, "examples", examples());
        return RestAssured.given()
                .auth()
                .oauth2(token)
                .contentType(ContentType.JSON)
                .body(body)
                .post("/api/v1/runs");
    }

    private RunRequest request() {
        return new RunRequest("un-past", "", Optional.empty(), candidates, RunSpec.of(examples(), List.of()));
    }

    private static List<Example> examples() {
        return DemoHub.open().task("un-past").fewShot(1);
    }

    private long active() {
        return QuarkusTransaction.requiringNew()
                .call(() -> RunOwner.member(member).active());
    }

    private static <T> List<T> atOnce(Callable<T> request) throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(AT_ONCE);
        try {
            List<T> answers = new ArrayList<>();
            for (Future<T> answer : threads.invokeAll(java.util.Collections.nCopies(AT_ONCE, request))) {
                answers.add(answer.get());
            }
            return answers;
        } finally {
            threads.shutdown();
        }
    }
}
