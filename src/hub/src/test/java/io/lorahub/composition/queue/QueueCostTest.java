package io.lorahub.composition.queue;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.lorahub.account.Person;
import io.lorahub.account.Role;
import io.lorahub.composition.RunOwner;
import io.lorahub.job.JobQueue;
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
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What the queue costs, in pages that the database reads, however many runs wait. */
@QuarkusTest
@QuarkusTestResource(PostgresResource.class)
@TestProfile(NobodyWorks.class)
class QueueCostTest {

    private static final int FIRST = 100;
    private static final int FEW = 3_000;
    private static final int MANY = 15_000;

    /** Number of next runs that are examined. */
    private static final long NEXT = 100;

    /** Their places are adjacent in an index; at most one row is read for each, if there was no vacuum yet. */
    private static final long PAGES_PER_RUN = 2;

    /** Above those of an index that have the places, and of its entries for rows that are gone. */
    private static final long MORE_PAGES = 50;

    /** Enough that the driver prepares the statement (5), and that PostgreSQL then decides whether to keep a plan (5). */
    private static final int TAKES = 20;

    /** How often PostgreSQL plans a prepared statement for its parameters before it compares that with a plan for any. */
    private static final long TRIED = 5;

    private static final String PLANS = """
            select custom_plans, generic_plans from pg_prepared_statements
             where statement like 'update composition\\_queue taken%'""";

    /** Small ones, as the planner would rather read all of those. Half of them are the member's, the others of one visitor each. */
    private static final String MORE = """
            insert into composition_run (id, person_id, visitor, title, base_model_id, spec, budget, queued_at)
            select gen_random_uuid(), case when n %% 2 = 0 then r.person_id end, case when n %% 2 = 1 then md5(n::text) end,
                   'run ' || n, r.base_model_id, '{}', r.budget, r.queued_at + n * interval '1 ms'
            from composition_run r, generate_series(%d, %d) n where r.title = 'first'""";

    private final Hub hub;
    private final DemoOnHub demo;
    private final RunQueue queue;
    private final PoolRows pool;
    private final DataSource database;
    private Person member;

    QueueCostTest(Hub hub, DemoOnHub demo, RunQueue queue, PoolRows pool, DataSource database) {
        this.hub = hub;
        this.demo = demo;
        this.queue = queue;
        this.pool = pool;
        this.database = database;
    }

    @BeforeEach
    void begin() {
        pool.clear();
        pool.sql("truncate composition_run, composition_queue cascade"); // dead rows of another test would be read as
        // well
        member = hub.person(Role.MEMBER);
        pool.waiting(RunOwner.member(member), "first", demo.publish(hub.person(Role.MEMBER), "un", "past"));
    }

    /** A worker of another test would take them, and can't read them. */
    @AfterEach
    void end() {
        pool.clear();
    }

    private void wait(int from, int to) {
        pool.sql(MORE.formatted(from, to));
        queue.restore();
        pool.sql("analyze composition_run");
        pool.sql("analyze composition_queue");
    }

    /** As PostgreSQL does by itself after a while; until then, the rows of an index are also looked up in the table. */
    private void vacuum() throws SQLException {
        try (Connection connection = database.getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute("vacuum composition_queue");
        }
    }

    @Test
    void taking_a_run_reads_no_more_than_what_is_next_with_15000_waiting() throws Exception {
        wait(1, MANY);

        JsonNode plan = planOfTaking(Long.MAX_VALUE);
        assertThat(pages(plan)).isLessThan(NEXT * PAGES_PER_RUN + MORE_PAGES);
        assertThat(plan.findParents("Relation Name"))
                .filteredOn(step -> step.path("Relation Name").asText().startsWith("composition_"))
                .isNotEmpty()
                .allSatisfy(step -> assertThat(rows(step)).isLessThanOrEqualTo(NEXT))
                .noneMatch(step -> step.path("Node Type").asText().equals("Seq Scan"))
                .noneMatch(step -> step.path("Relation Name").asText().equals("composition_run"));
    }

    @Test
    void a_take_with_15000_waiting_reads_less_than_twice_the_pages_of_one_with_100() throws Exception {
        wait(1, FIRST);
        vacuum();
        long few = pages(planOfTaking(Long.MAX_VALUE));
        wait(FIRST + 1, MANY);
        vacuum();

        assertThat(pages(planOfTaking(Long.MAX_VALUE))).isLessThan(2 * few);
    }

    /** Planning took longer than the take itself, and PostgreSQL did it for each take of a long queue, but not of a short one. */
    @Test
    void a_take_is_not_planned_again_with_15000_waiting() throws Exception {
        wait(1, MANY);

        try (Connection connection = database.getConnection();
                Statement prepared = connection.createStatement()) {
            for (int i = 0; i < TAKES; i++) take(connection);
            try (ResultSet row = prepared.executeQuery(PLANS)) {
                row.next();
                assertThat(row.getLong("custom_plans")).isEqualTo(TRIED);
                assertThat(row.getLong("generic_plans")).isPositive();
            }
        }
    }

    @Test
    void putting_an_owners_runs_in_order_costs_the_same_with_15000_waiting_as_with_3000() throws Exception {
        wait(1, FEW);
        long few = pagesOfRestoring();
        wait(FEW + 1, MANY);

        // five times as many wait; an index may have one level more
        assertThat(pagesOfRestoring()).isLessThan(2 * few);
    }

    @Test
    void a_worker_that_is_too_small_for_all_reads_nothing_but_the_index() throws Exception {
        wait(1, MANY);
        pool.sql("update composition_queue set model_bytes = 1000");
        pool.sql("analyze composition_queue");

        JsonNode plan = planOfTaking(999);

        assertThat(plan.findParents("Relation Name"))
                .filteredOn(step -> step.path("Relation Name").asText().startsWith("composition_"))
                .filteredOn(step -> step.path("Actual Loops").asLong() > 0)
                .singleElement()
                .satisfies(step -> assertThat(step.path("Node Type").asText()).isEqualTo("Index Only Scan"));
    }

    /** Takes a run as a worker does, and gives it back. */
    private static void take(Connection connection) throws SQLException {
        ModelAffinityPolling fetch = polling(Long.MAX_VALUE);
        connection.setAutoCommit(false);
        try (PreparedStatement statement = connection.prepareStatement(fetch.taking(1))) {
            fetch.take(statement, "me", Instant.now().plusSeconds(60));
            try (ResultSet row = statement.executeQuery()) {
                assertThat(row.next()).isTrue();
            }
        } finally {
            connection.rollback();
            connection.setAutoCommit(true);
        }
    }

    private static ModelAffinityPolling polling(long memory) {
        return new ModelAffinityPolling(
                JobQueue.RUNS,
                RunQueue.KIND,
                "me",
                Duration.ofSeconds(8),
                () -> memory,
                2,
                () -> List.of("another"),
                () -> List.of("full"));
    }

    private JsonNode planOfTaking(long memory) throws Exception {
        try (Connection connection = database.getConnection();
                PreparedStatement statement = connection.prepareStatement("explain (analyze, buffers, format json) "
                        + polling(memory).due(1))) {
            polling(memory).due(statement, 1, Instant.now().plusSeconds(60));
            return plan(statement);
        }
    }

    private long pagesOfRestoring() throws Exception {
        // the member's first runs are in the wrong place, as after one of them has started
        pool.sql(
                "update composition_queue set turn = turn + 30 where run_id in (select id from composition_run where person_id = %d order by queued_at limit 100)"
                        .formatted(member.id));
        try (Connection connection = database.getConnection();
                PreparedStatement statement = connection.prepareStatement("explain (analyze, buffers, format json) "
                        + RunQueue.ofOwner(RunOwner.member(member)).replace("?1", "" + member.id))) {
            return pages(plan(statement));
        }
    }

    private static JsonNode plan(PreparedStatement statement) throws Exception {
        try (ResultSet row = statement.executeQuery()) {
            row.next();
            return new ObjectMapper().readTree(row.getString(1)).get(0).path("Plan");
        }
    }

    /** Pages read by a step, including skipped rows. */
    private static long rows(JsonNode step) {
        long each = step.path("Actual Rows").asLong()
                + step.path("Rows Removed by Filter").asLong();
        return each * step.path("Actual Loops").asLong();
    }

    private static long pages(JsonNode plan) {
        return plan.path("Shared Hit Blocks").asLong()
                + plan.path("Shared Read Blocks").asLong();
    }
}
