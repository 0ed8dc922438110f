package io.lorahub.composition.task;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.lorahub.account.FreshHub;
import io.lorahub.composition.CompositionRun;
import io.lorahub.composition.RunOwner;
import io.lorahub.composition.queue.PoolRows;
import io.lorahub.composition.request.DemoRuns;
import io.lorahub.engine.model.LayerGroups;
import io.lorahub.serve.Serving;
import io.lorahub.testsupport.AsBrowser;
import io.lorahub.testsupport.PostgresResource;
import io.lorahub.testsupport.Settings;
import io.lorahub.web.ProblemException;
import io.quarkus.arc.Arc;
import io.quarkus.arc.ManagedContext;
import io.quarkus.narayana.jta.QuarkusTransaction;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import io.restassured.response.Response;
import jakarta.enterprise.event.Event;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Many visitors at once; no worker takes anything here. */
@QuarkusTest
@QuarkusTestResource(PostgresResource.class)
@TestProfile(FreshHub.class)
@Settings({
    "lorahub.demo.load=true",
    "lorahub.composition.queued-by-visitors=20",
    "lorahub.composition.queued-by-address=12"
})
class VisitorLimitsTest {

    private static final int CROWD = 100;

    private final DemoRuns runs;
    private final PoolRows pool;
    private final Event<Serving> serving;

    VisitorLimitsTest(DemoRuns runs, PoolRows pool, Event<Serving> serving) {
        this.runs = runs;
        this.pool = pool;
        this.serving = serving;
    }

    @BeforeEach
    void awaitDemo() {
        pool.clear();
        serving.fire(new Serving(true));
        await().atMost(Duration.ofSeconds(60))
                .until(() -> QuarkusTransaction.requiringNew()
                                .call(() -> runs.candidates().size())
                        > 1);
    }

    @Test
    void a_crowd_at_one_address_gets_what_one_address_may_have() throws Exception {
        List<Response> answers = atOnce(() -> AsBrowser.given().post("/compose/demo"));

        assertThat(answers).extracting(Response::statusCode).containsOnly(303, 429);
        assertThat(answers.stream().filter(answer -> answer.statusCode() == 303))
                .hasSize(12);
        assertThat(answers.stream().filter(answer -> answer.statusCode() == 429))
                .allMatch(answer -> answer.header("Retry-After") != null);
        assertThat(waiting()).isEqualTo(12);
    }

    @Test
    void a_crowd_everywhere_gets_what_all_visitors_may_have() throws Exception {
        List<Integer> answers = atOnce(() -> {
            ManagedContext request = Arc.container().requestContext();
            request.activate();
            try {
                runs.start(RunOwner.visitor(UUID.randomUUID().toString()), "un-past");
                return 303;
            } catch (ProblemException e) {
                return e.status();
            } finally {
                request.terminate();
            }
        });

        assertThat(answers).containsOnly(303, 429);
        assertThat(waiting()).isEqualTo(20);
    }

    @Test
    void a_prepared_task_chooses_its_layer_groups() {
        AsBrowser.given().post("/compose/demo").then().statusCode(303);

        List<CompositionRun> started = QuarkusTransaction.requiringNew().call(() -> CompositionRun.listAll());
        assertThat(started).extracting(run -> run.spec.groups()).containsExactly(LayerGroups.THIRDS);
    }

    private static long waiting() {
        return QuarkusTransaction.requiringNew().call(() -> CompositionRun.count("visitor is not null"));
    }

    private static <T> List<T> atOnce(Callable<T> request) throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(CROWD);
        try {
            List<T> answers = new ArrayList<>();
            for (Future<T> answer : threads.invokeAll(Collections.nCopies(CROWD, request))) answers.add(answer.get());
            return answers;
        } finally {
            threads.shutdown();
        }
    }
}
