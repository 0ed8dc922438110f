package io.lorahub.composition.queue;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.lorahub.account.Person;
import io.lorahub.account.Role;
import io.lorahub.composition.RunOwner;
import io.lorahub.composition.RunState;
import io.lorahub.demo.DemoHub;
import io.lorahub.job.JobQueue;
import io.lorahub.storage.DatabaseClock;
import io.lorahub.testsupport.DemoOnHub;
import io.lorahub.testsupport.Hub;
import io.lorahub.testsupport.PostgresResource;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What waits, in which order, and for which worker; no worker takes anything here. */
@QuarkusTest
@QuarkusTestResource(PostgresResource.class)
@TestProfile(NobodyWorks.class)
class QueueTest {

    private static final String BASE = DemoHub.BASE_MODEL;

    private final Hub hub;
    private final DemoOnHub demo;
    private final RunStates states;
    private final RunQueue queue;
    private final QueueMemory memory;
    private final PoolRows pool;
    private final DataSource database;
    private final DatabaseClock clock;
    private List<String> candidates;

    QueueTest(
            Hub hub,
            DemoOnHub demo,
            RunStates states,
            RunQueue queue,
            QueueMemory memory,
            PoolRows pool,
            DataSource database,
            DatabaseClock clock) {
        this.hub = hub;
        this.demo = demo;
        this.states = states;
        this.queue = queue;
        this.memory = memory;
        this.pool = pool;
        this.database = database;
        this.clock = clock;
    }

    @BeforeEach
    void begin() {
        pool.clear();
        candidates = demo.publish(hub.person(Role.MEMBER), "un", "past");
    }

    /** With these workers, which have no memory, alive, other tests could start no run. */
    @AfterEach
    void end() {
        pool.clear();
    }

    private UUID start(Person person, String title) {
        return pool.waiting(RunOwner.member(person), title, candidates);
    }

    /** Base models that the worker's disk has no room for. */
    private List<String> noRoomFor = List.of();

    /** Titles of what a worker would take now, in order. */
    private List<String> due(List<String> models) {
        return due(models, Long.MAX_VALUE);
    }

    private List<String> due(List<String> models, long memory) {
        ModelAffinityPolling fetch = new ModelAffinityPolling(
                JobQueue.RUNS,
                RunQueue.KIND,
                "me",
                Duration.ofSeconds(8),
                () -> memory,
                1,
                () -> models,
                () -> noRoomFor);
        List<String> titles = new ArrayList<>();
        try (Connection connection = database.getConnection();
                PreparedStatement statement = connection.prepareStatement(fetch.due(100))) {
            fetch.due(statement, 1, clock.now());
            try (ResultSet row = statement.executeQuery()) {
                while (row.next()) titles.add(pool.stored(UUID.fromString(row.getString(2))).title);
            }
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
        return titles;
    }

    @Test
    void a_member_with_one_run_does_not_wait_for_one_with_many() {
        Person busy = hub.person(Role.MEMBER);
        for (String title : List.of("a1", "a2", "a3")) start(busy, title);
        start(hub.person(Role.MEMBER), "b1");

        assertThat(due(List.of())).containsExactly("a1", "b1", "a2", "a3");
    }

    @Test
    void runs_under_way_count_as_well() {
        Person busy = hub.person(Role.MEMBER);
        states.take(start(busy, "a1"));
        pool.sql("update composition_queue set picked = true");
        UUID second = start(busy, "a2");
        UUID other = start(hub.person(Role.MEMBER), "b1");
        assertThat(RunQueue.ahead(second)).isOne();
        assertThat(RunQueue.ahead(other)).isZero();

        queue.restore();

        assertThat(due(List.of())).containsExactly("b1", "a2");
    }

    @Test
    void a_long_waiting_run_is_not_overtaken_forever() {
        Person busy = hub.person(Role.MEMBER);
        for (String title : List.of("a1", "a2", "a3")) start(busy, title);
        pool.sql("update composition_run set queued_at = queued_at - interval '%d seconds'"
                .formatted(4 * RunQueue.AGEING));
        queue.restore();
        start(hub.person(Role.MEMBER), "fresh");
        queue.restore();

        assertThat(due(List.of())).containsExactly("a1", "a2", "a3", "fresh");
    }

    @Test
    void a_run_that_gives_way_comes_after_those_of_others_and_so_do_its_owners_other_runs() {
        Person busy = hub.person(Role.MEMBER);
        UUID first = start(busy, "a1");
        start(busy, "a2");
        RunClaim long_ = states.take(first).orElseThrow();
        pool.sql("update composition_queue set picked = true where run_id = '%s'".formatted(first));
        start(hub.person(Role.MEMBER), "b1");

        assertThat(states.gaveWay(long_)).isFalse();
        pool.sql("update composition_queue set picked = false");

        assertThat(due(List.of(BASE))).startsWith("b1");
        queue.restore(RunOwner.member(busy));
        assertThat(due(List.of(BASE))).containsExactly("b1", "a2", "a1");
        queue.restore();
        assertThat(due(List.of(BASE))).containsExactly("b1", "a2", "a1");
        pool.sql("update composition_queue set base_model_id = null where run_id in"
                + " (select id from composition_run where title = 'b1')");
        assertThat(due(List.of(BASE))).as("only the others' model is loaded").startsWith("b1");
        assertThat(pool.stored(first).state).isEqualTo(RunState.QUEUED);
    }

    @Test
    void a_run_is_awaited_only_by_runs_of_others_that_its_worker_could_take_next() {
        Person busy = hub.person(Role.MEMBER);
        UUID mine = start(busy, "a1");
        states.take(mine);
        pool.sql("update composition_queue set picked = true");
        pool.sql("update composition_run set worker = 'w'");
        pool.worker("w", "cpu", 1, "0 s");
        start(busy, "a2");
        pool.sql("update composition_queue set execution_time = now() - interval '1 minute', turn = turn - 60");
        assertThat(queue.isAwaited(mine)).as("its owner's").isFalse();

        UUID other = start(hub.person(Role.MEMBER), "b1");
        pool.sql("update composition_queue set turn = turn - 60 where run_id = '%s'".formatted(other));
        assertThat(queue.isAwaited(mine)).as("another worker may take it").isFalse();
        pool.sql("update composition_queue set execution_time = now() - interval '1 minute'");
        assertThat(queue.isAwaited(mine)).isTrue();

        need(other, 5_000_000_000L, 0, 0);
        assertThat(queue.isAwaited(mine)).as("too large").isFalse();
        need(other, 0, 0, 0);
        pool.sql("update worker set no_room_for = array['%s']".formatted(BASE));
        assertThat(queue.isAwaited(mine)).as("no room for its model").isFalse();
        pool.sql("update worker set no_room_for = '{}'");
        pool.sql("update composition_run set priority = 1 where id = '%s'".formatted(mine));
        assertThat(queue.isAwaited(mine)).as("of lower priority").isFalse();
    }

    @Test
    void a_priority_goes_before_all_of_that() {
        Person busy = hub.person(Role.MEMBER);
        for (String title : List.of("a1", "a2", "a3")) start(busy, title);
        pool.sql("update composition_run set priority = 1 where title = 'a3'");
        queue.restore();

        assertThat(due(List.of())).containsExactly("a3", "a1", "a2");
    }

    @Test
    void a_run_that_lost_its_place_gets_one() {
        UUID run = start(hub.person(Role.MEMBER), "lost");
        pool.sql("delete from composition_queue");

        // the hub's own restoring may be at it, and then does this one's work
        await().untilAsserted(() -> {
            queue.restore();
            assertThat(due(List.of())).containsExactly("lost");
        });
        pool.sql("update composition_run set state = 'CANCELLED' where id = '%s'".formatted(run));
        pool.sql("delete from composition_queue");
        queue.restore();
        assertThat(due(List.of())).isEmpty();
    }

    @Test
    void a_run_whose_files_have_no_room_on_the_disk_is_left_to_others() {
        start(hub.person(Role.MEMBER), "run");
        noRoomFor = List.of("another/model");
        assertThat(due(List.of())).containsExactly("run");

        noRoomFor = List.of("another/model", BASE);

        assertThat(due(List.of())).isEmpty();
        assertThat(due(List.of(BASE))).isEmpty();
    }

    @Test
    void a_run_is_left_to_a_worker_that_has_its_model_but_not_for_ever() {
        start(hub.person(Role.MEMBER), "run");
        worker("free", 0);

        assertThat(due(List.of())).isEmpty();
        assertThat(due(List.of(BASE))).as("by one that has it too").containsExactly("run");

        pool.sql("update composition_queue set execution_time = now() - interval '3 seconds'");
        assertThat(due(List.of())).containsExactly("run");
    }

    @Test
    void a_run_is_not_left_to_a_worker_that_is_busy_drained_or_dead() {
        start(hub.person(Role.MEMBER), "run");

        worker("busy", 1);
        assertThat(due(List.of())).containsExactly("run");
        worker("drained", 0);
        pool.sql("update worker set draining = true where name = 'drained'");
        assertThat(due(List.of())).containsExactly("run");
        worker("dead", 0);
        pool.sql("update worker set seen_at = now() - interval '1 minute' where name = 'dead'");
        assertThat(due(List.of())).containsExactly("run");
    }

    @Test
    void a_worker_takes_only_what_fits_its_memory_even_behind_many_that_do_not() {
        Person busy = hub.person(Role.MEMBER);
        UUID large = start(busy, "large");
        UUID small = start(hub.person(Role.MEMBER), "small");
        need(large, 3_000_000_000L, 1_000_000_000L, 2_000_000_000L);
        need(small, 3_000_000_000L, 100_000_000L, 200_000_000L);
        pool.sql("""
                insert into composition_queue (task_name, task_instance, execution_time, picked, version, turn,
                  model_bytes, candidates_bytes, computing_bytes)
                select task_name, gen_random_uuid()::text, execution_time, picked, version, -n,
                  model_bytes, candidates_bytes, computing_bytes
                from composition_queue, generate_series(1, 150) n where run_id = '%s'""".formatted(large));

        assertThat(due(List.of(), 3_300_000_000L)).containsExactly("small");
        assertThat(due(List.of(), 3_299_999_999L)).isEmpty();
        pool.sql("delete from composition_queue where turn < 0");
        assertThat(due(List.of(), 6_000_000_000L)).containsExactly("large", "small");
    }

    @Test
    void a_run_that_fits_no_worker_for_a_minute_fails_with_the_estimate() {
        UUID large = start(hub.person(Role.MEMBER), "large");
        UUID small = start(hub.person(Role.MEMBER), "small");
        need(large, 3_000_000_000L, 1_000_000_000L, 2_000_000_000L);
        Instant now = Instant.now();
        memory.failTooLarge(now);
        memory.failTooLarge(now.plus(QueueMemory.PATIENCE));
        assertThat(pool.stored(large).state).as("there is no worker").isEqualTo(RunState.QUEUED);

        pool.worker("w", "cpu", 0, "0 s");
        memory.failTooLarge(now);
        memory.failTooLarge(now.plusSeconds(20));
        assertThat(pool.stored(large).state).isEqualTo(RunState.QUEUED);
        pool.worker("larger", "gpu:0", 0, "0 s");
        memory.failTooLarge(now.plusSeconds(40));
        pool.sql("delete from worker where name = 'larger'");
        memory.failTooLarge(now.plusSeconds(41));
        memory.failTooLarge(now.plusSeconds(42).plus(QueueMemory.PATIENCE));

        assertThat(pool.stored(large).state).isEqualTo(RunState.FAILED);
        assertThat(pool.stored(large).failure)
                .isEqualTo("This run needs about 6.0 GB of memory (base model 3.0 GB, candidates 1.0 GB, computing"
                        + " 2.0 GB), but the largest worker has 4.0 GB for the base model and 2 runs at a time."
                        + " Use fewer candidates, shorter examples or a smaller base model.");
        assertThat(due(List.of(BASE))).containsExactly("small");
    }

    private void need(UUID run, long model, long candidates, long computing) {
        pool.sql(
                "update composition_queue set model_bytes = %d, candidates_bytes = %d, computing_bytes = %d where run_id = '%s'"
                        .formatted(model, candidates, computing, run));
    }

    private void worker(String name, int running) {
        pool.sql(
                "insert into worker (name, device, memory, version, slots, models, running) values ('%s', 'cpu', 1, '1', 1, array['%s'], %d)"
                        .formatted(name, BASE, running));
    }
}
