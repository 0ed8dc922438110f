package io.lorahub.composition.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.lorahub.composition.model.WorkerConfig;
import io.lorahub.composition.model.WorkerDevice;
import io.lorahub.composition.model.WorkerName;
import io.lorahub.composition.queue.NobodyWorks;
import io.lorahub.composition.queue.PoolRows;
import io.lorahub.composition.queue.RunQueue;
import io.lorahub.composition.queue.WorkerRecord;
import io.lorahub.engine.error.EngineException;
import io.lorahub.engine.learning.RunMemory;
import io.lorahub.testsupport.PostgresResource;
import io.quarkus.narayana.jta.QuarkusTransaction;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Workers with the same name, each as if in its own process; none of them takes runs. */
@QuarkusTest
@QuarkusTestResource(PostgresResource.class)
@TestProfile(NobodyWorks.class)
class WorkerNamesTest {

    private static final Duration SOON = Duration.ofSeconds(60);

    private final WorkerConfig config;
    private final WorkerName name;
    private final WorkerDevice device;
    private final RunExecutor executor;
    private final RunQueue queue;
    private final RunSweep sweep;
    private final DataSource database;
    private final PoolRows pool;
    private final List<Heartbeat> heartbeats = new ArrayList<>();

    WorkerNamesTest(
            WorkerConfig config,
            WorkerName name,
            WorkerDevice device,
            RunExecutor executor,
            RunQueue queue,
            RunSweep sweep,
            DataSource database,
            PoolRows pool) {
        this.config = config;
        this.name = name;
        this.device = device;
        this.executor = executor;
        this.queue = queue;
        this.sweep = sweep;
        this.database = database;
        this.pool = pool;
    }

    @BeforeEach
    void clear() {
        pool.clear();
    }

    @AfterEach
    void stop() {
        heartbeats.forEach(Heartbeat::stop);
        pool.clear();
    }

    private Heartbeat worker() {
        Heartbeat heartbeat = new Heartbeat(config, name, device, executor, queue, sweep, database);
        heartbeats.add(heartbeat);
        return heartbeat;
    }

    private static List<WorkerRecord> entries() {
        return QuarkusTransaction.requiringNew().call(() -> WorkerRecord.listAll());
    }

    @Test
    void the_second_of_a_name_is_refused_and_takes_nothing_from_the_first() {
        worker().start(draining -> {});
        Heartbeat second = worker();

        assertThatThrownBy(() -> second.start(draining -> {}))
                .isInstanceOf(EngineException.class)
                .hasMessageContaining("Another worker is already named " + name.text())
                .hasMessageContaining("--name");

        second.stop();
        assertThat(entries()).hasSize(1);
    }

    @Test
    void the_name_of_a_worker_that_was_killed_is_free_after_four_beats_without_a_sign() {
        pool.worker(name.text(), "cpu", 0, "0");
        pool.sql("update worker set process = gen_random_uuid()"); // it never sends another heartbeat

        worker().start(draining -> {});

        assertThat(entries()).hasSize(1);
    }

    @Test
    void a_worker_that_has_ended_leaves_its_name_at_once_also_while_it_is_drained() {
        Heartbeat first = worker();
        first.start(draining -> {});
        pool.sql("update worker set draining = true");
        first.stop();
        AtomicBoolean drained = new AtomicBoolean();

        worker().start(drained::set);

        await().atMost(SOON).untilTrue(drained);
    }

    @Test
    void a_worker_that_slept_while_another_took_its_name_takes_no_more_runs_until_it_is_free() {
        AtomicBoolean drains = new AtomicBoolean();
        Heartbeat slept = worker();
        slept.start(drains::set);

        pool.sql("update worker set process = gen_random_uuid(), seen_at = now() + interval '1 day'");
        await().atMost(SOON).untilTrue(drains);
        assertThat(slept.isDraining()).isTrue();

        pool.sql("delete from worker");
        await().atMost(SOON).untilFalse(drains);
    }

    @Test
    void workers_on_one_machine_divide_its_memory_while_they_live() {
        pool.worker("elsewhere", "cpu", 0, "0");
        pool.worker("beside", "cpu", 0, "0");
        pool.sql("update worker set seen_at = now() + interval '1 day'");
        pool.sql("update worker set machine = '%s' where name = 'beside'"
                .formatted(device.machine().orElseThrow()));
        Heartbeat heartbeat = worker();

        heartbeat.start(draining -> {});

        assertThat(device.memory()).isEqualTo(RunMemory.limit() / 2);
        heartbeat.soon();
        await().atMost(SOON).untilAsserted(() -> assertThat(memory()).isEqualTo(RunMemory.limit() / 2));
        pool.sql("update worker set seen_at = now() - interval '1 day' where name = 'beside'");
        await().atMost(SOON).untilAsserted(() -> assertThat(memory()).isEqualTo(RunMemory.limit()));
    }

    private long memory() {
        return entries().stream()
                .filter(entry -> entry.name.equals(name.text()))
                .findFirst()
                .orElseThrow()
                .memory;
    }
}
