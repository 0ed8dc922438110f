package io.lorahub.job;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.github.kagkarlsson.scheduler.Scheduler;
import io.lorahub.composition.queue.NobodyWorks;
import io.lorahub.testsupport.PostgresResource;
import io.quarkus.narayana.jta.QuarkusTransaction;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import jakarta.enterprise.inject.Any;
import jakarta.enterprise.inject.Instance;
import jakarta.persistence.EntityManager;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.function.BiConsumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What holds for jobs of all kinds. */
@QuarkusTest
@QuarkusTestResource(PostgresResource.class)
@TestProfile(NobodyWorks.class)
class JobsTest {

    private static final JobPolicy POLICY = new JobPolicy(2, Duration.ofMillis(50), Duration.ofMillis(500));

    private static final String TAKEN = """
            update %s set picked = true, picked_by = 'a dead process', last_heartbeat = now() - interval '1 hour'
             where task_name = :kind and task_instance = :id""";

    private final Jobs jobs;
    private final JobCounts counts;
    private final Instance<JobHandler> handlers;
    private final EntityManager entities;
    private final List<Scheduler> workers = new ArrayList<>();

    JobsTest(Jobs jobs, JobCounts counts, @Any Instance<JobHandler> handlers, EntityManager entities) {
        this.jobs = jobs;
        this.counts = counts;
        this.handlers = handlers;
        this.entities = entities;
    }

    /** Runs that other tests have left waiting would take longer than these tests wait. */
    @BeforeEach
    void empty() {
        QuarkusTransaction.requiringNew()
                .run(() -> entities.createNativeQuery("delete from " + JobQueue.RUNS.table())
                        .executeUpdate());
    }

    @AfterEach
    void stop() {
        workers.forEach(Scheduler::stop);
    }

    private void start(JobQueue queue) {
        Scheduler worker = jobs.worker(queue, POLICY.ofProcess("worker-" + UUID.randomUUID()));
        workers.add(worker);
        worker.start();
    }

    /** An id as jobs of the kind have it, of something that there is not. */
    private static String nothing(JobHandler handler) {
        return handler.kind().equals("check") ? UUID.randomUUID() + "/" + UUID.randomUUID() : UUID.randomUUID() + "";
    }

    private void forAll(BiConsumer<JobQueue, JobHandler> test) {
        assertThat(handlers.stream().map(JobHandler::kind))
                .contains("composition", "task", "import", "base-model-import", "check", "base-model-check");
        for (JobQueue queue : JobQueue.values()) {
            handlers.stream()
                    .filter(handler -> handler.queues().contains(queue))
                    .forEach(handler -> test.accept(queue, handler));
        }
    }

    private JobCounts.JobCount count(JobQueue queue, JobHandler handler) {
        return counts.all().stream()
                .filter(count ->
                        count.queue().equals(queue.word()) && count.kind().equals(handler.kind()))
                .findFirst()
                .orElseThrow();
    }

    private long rows(JobQueue queue, String id) {
        return QuarkusTransaction.requiringNew().call(() -> (Long) entities.createNativeQuery(
                        "select count(*) from %s where task_instance = :id".formatted(queue.table()), Long.class)
                .setParameter("id", id)
                .getSingleResult());
    }

    private void add(JobQueue queue, JobHandler handler, String id) {
        QuarkusTransaction.requiringNew().run(() -> jobs.add(queue, handler.kind(), id, 0));
    }

    @Test
    void a_job_whose_object_is_gone_leaves_the_queue() {
        forAll((queue, handler) -> {
            String id = nothing(handler);
            add(queue, handler, id);
            start(queue);
            await(handler.kind()).until(() -> rows(queue, id) == 0);
        });
    }

    @Test
    void a_job_of_a_dead_process_is_taken_by_another() {
        forAll((queue, handler) -> {
            String id = nothing(handler);
            add(queue, handler, id);
            QuarkusTransaction.requiringNew()
                    .run(() -> assertThat(entities.createNativeQuery(TAKEN.formatted(queue.table()))
                                    .setParameter("kind", handler.kind())
                                    .setParameter("id", id)
                                    .executeUpdate())
                            .isEqualTo(1));
            start(queue);
            await(handler.kind()).atMost(Duration.ofSeconds(20)).until(() -> rows(queue, id) == 0);
        });
    }

    @Test
    void a_job_is_queued_once_and_only_if_the_transaction_is_committed() {
        forAll((queue, handler) -> {
            String id = nothing(handler);
            QuarkusTransaction.begin();
            jobs.add(queue, handler.kind(), id, 0);
            QuarkusTransaction.rollback();
            assertThat(rows(queue, id)).as(handler.kind()).isZero();
            if (queue == JobQueue.IMPORTS) return; // the application itself takes them at once
            add(queue, handler, id);
            add(queue, handler, id);
            assertThat(rows(queue, id)).as(handler.kind()).isEqualTo(1);
            await(handler.kind()).until(() -> count(queue, handler).waiting() > 0);
            assertThat(count(queue, handler).waitingSince()).as(handler.kind()).isNotNull();

            jobs.remove(queue, handler.kind(), id);
            assertThat(rows(queue, id)).as(handler.kind()).isZero();
        });
    }

    @Test
    void metrics_count_the_jobs_of_all_kinds() {
        String metrics =
                given().get("/q/metrics").then().statusCode(200).extract().asString();

        forAll((queue, handler) -> assertThat(metrics)
                .containsPattern("lorahub_jobs\\{kind=\"%s\",queue=\"%s\",state=\"waiting\"} \\d"
                        .formatted(handler.kind(), queue.word())));
    }

    @Test
    void the_delay_of_another_try_grows_to_a_minute_at_most() {
        for (JobHandler handler : handlers) {
            assertThat(handler.retryAfter(1)).isBetween(Duration.ofMillis(1), Duration.ofSeconds(5));
            assertThat(handler.retryAfter(1000)).isBetween(Duration.ofMillis(1), JobHandler.LONGEST_RETRY);
        }
    }
}
