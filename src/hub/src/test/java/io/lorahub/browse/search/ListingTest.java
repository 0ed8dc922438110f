package io.lorahub.browse.search;

import static io.lorahub.browse.search.Queries.query;
import static org.assertj.core.api.Assertions.assertThat;

import io.lorahub.account.Role;
import io.lorahub.adapter.Adapter;
import io.lorahub.adapter.Visibility;
import io.lorahub.testsupport.Hub;
import io.lorahub.testsupport.PostgresResource;
import io.quarkus.narayana.jta.QuarkusTransaction;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;

/** The tables of the lists follow every change of an adapter. */
@QuarkusTest
@QuarkusTestResource(PostgresResource.class)
class ListingTest {

    private final AdapterSearch catalogue;
    private final DataSource database;
    private final Hub hub;
    private final Sql sql;

    ListingTest(AdapterSearch catalogue, DataSource database, Hub hub, Sql sql) {
        this.catalogue = catalogue;
        this.database = database;
        this.hub = hub;
        this.sql = sql;
    }

    @Test
    void changes_by_another_process_are_in_the_lists_at_once() throws SQLException {
        Adapter adapter = adapter(Visibility.PRIVATE);
        assertThat(total("q=" + adapter.name)).isZero();

        sql.write("update adapter set visibility = 'PUBLIC' where id = " + adapter.id);
        assertThat(total("q=" + adapter.name)).isOne();

        sql.write("update adapter set tags = '{fresh-tag}', downloads = 7 where id = " + adapter.id);
        BrowseResult changed = catalogue.find(query("tag=fresh-tag"), 5);
        assertThat(changed.rows()).extracting(row -> row.downloads).containsExactly(7L);
        assertThat(changed.counts().get(Facet.TAG)).contains(new FacetCount("fresh-tag", 1));

        sql.write("update adapter set title = 'Quokkas', edition = edition + 1 where id = " + adapter.id);
        assertThat(total("q=quokka")).isOne();
    }

    @Test
    void adapters_that_are_no_longer_public_leave_the_lists() throws SQLException {
        Adapter adapter = adapter(Visibility.PUBLIC);
        sql.write("update adapter set tags = '{leaving}' where id = " + adapter.id);
        assertThat(total("tag=leaving")).isOne();

        sql.write("update adapter set state = 'TAKEN_DOWN', state_reason = 'copied' where id = " + adapter.id);
        assertThat(total("tag=leaving")).isZero();
        sql.write("update adapter set state = 'ACTIVE', state_reason = null where id = " + adapter.id);
        assertThat(total("tag=leaving")).isOne();
        sql.write("update adapter set visibility = 'UNLISTED' where id = " + adapter.id);
        assertThat(total("tag=leaving")).isZero();
        sql.write("update adapter set visibility = 'PUBLIC' where id = " + adapter.id);
        assertThat(total("tag=leaving")).isOne();
        sql.write("delete from adapter where id = " + adapter.id);
        assertThat(total("tag=leaving")).isZero();
    }

    @Test
    void a_transaction_that_commits_late_is_not_missed() throws SQLException {
        Adapter late = adapter(Visibility.PUBLIC);
        Adapter early = adapter(Visibility.PUBLIC);
        try (Connection slow = database.getConnection();
                Statement statement = slow.createStatement()) {
            slow.setAutoCommit(false);
            statement.executeUpdate("update adapter set tags = '{slow-one}' where id = " + late.id);
            sql.write("update adapter set tags = '{quick-one}' where id = " + early.id);
            assertThat(total("tag=quick-one")).isOne();
            assertThat(total("tag=slow-one")).isZero();
            slow.commit();
            slow.setAutoCommit(true);
        }
        assertThat(total("tag=slow-one")).isOne();
    }

    @Test
    void an_adapter_that_is_published_while_its_base_model_is_registered_has_its_family() throws SQLException {
        Adapter adapter = adapter(Visibility.PUBLIC);
        QuarkusTransaction.begin();
        try {
            Adapter.getEntityManager()
                    .createNativeQuery("insert into base_model (name, model_type, parameters, bytes)"
                            + " values ('lorahub/race-base', 'kin-race', 1000, 1)")
                    .executeUpdate();
            sql.write("update adapter set base_model = 'lorahub/race-base' where id = " + adapter.id);
            assertThat(QuarkusTransaction.suspendingExisting().call(() -> total("q=" + adapter.name)))
                    .isOne();
            QuarkusTransaction.commit();
            assertThat(total("family=kin-race")).isOne();
        } finally {
            if (QuarkusTransaction.isActive()) QuarkusTransaction.rollback();
            sql.write("delete from base_model where name = 'lorahub/race-base'");
        }
    }

    @Test
    void changes_by_this_process_are_in_the_lists_at_once() {
        Adapter adapter = adapter(Visibility.PUBLIC);
        assertThat(total("q=" + adapter.name)).isOne();
    }

    @Test
    void a_change_that_is_rolled_back_is_in_no_list() throws SQLException {
        Adapter adapter = adapter(Visibility.PUBLIC);
        try (Connection connection = database.getConnection();
                Statement statement = connection.createStatement()) {
            connection.setAutoCommit(false);
            statement.executeUpdate("update adapter set tags = '{rolled-back}' where id = " + adapter.id);
            connection.rollback();
            connection.setAutoCommit(true);
        }
        assertThat(total("tag=rolled-back")).isZero();
        assertThatCountsAreThoseOfTheAdapters();
    }

    @Test
    void transactions_that_change_the_same_counts_at_the_same_time_do_not_wait_for_each_other() throws Exception {
        List<Adapter> adapters = new ArrayList<>();
        for (int i = 0; i < 4; i++) adapters.add(adapter(Visibility.PUBLIC));
        ExecutorService threads = Executors.newFixedThreadPool(2);
        try {
            List<Future<?>> changes = new ArrayList<>();
            for (List<Adapter> some : List.of(adapters.subList(0, 2), adapters.subList(2, 4))) {
                changes.add(threads.submit(() -> {
                    for (int i = 0; i < 20; i++) change(some, i);
                    return null;
                }));
            }
            for (Future<?> change : changes) change.get(1, TimeUnit.MINUTES);
        } finally {
            threads.shutdownNow();
        }
        assertThat(total("tag=shared-19")).isEqualTo(4);
        assertThat(total("tag=shared-18")).isZero();
        assertThatCountsAreThoseOfTheAdapters();
    }

    /** In one transaction. */
    private void change(List<Adapter> adapters, int number) throws SQLException {
        try (Connection connection = database.getConnection();
                Statement statement = connection.createStatement()) {
            connection.setAutoCommit(false);
            for (Adapter adapter : adapters) {
                statement.executeUpdate(
                        "update adapter set tags = '{shared-%d,one,two}' where id = %d".formatted(number, adapter.id));
            }
            connection.commit();
            connection.setAutoCommit(true);
        }
    }

    @Test
    void no_table_of_the_lists_has_an_adapter_that_is_not_public() throws SQLException {
        Adapter adapter = adapter(Visibility.PUBLIC);
        for (String hidden : List.of("visibility = 'PRIVATE'", "state = 'TAKEN_DOWN', state_reason = 'copied'")) {
            sql.write("update adapter set visibility = 'PUBLIC', state = 'ACTIVE', state_reason = null where id = "
                    + adapter.id);
            assertThat(total("q=" + adapter.name)).isOne();
            sql.write("update adapter set " + hidden + " where id = " + adapter.id);
            assertThat(total("q=" + adapter.name)).isZero();
            assertThat(total("q=" + adapter.address())).isZero();
            assertThat(sql.strings("select address from listing where adapter_id = " + adapter.id))
                    .isEmpty();
            assertThat(sql.strings("select facets::text from adapter_text where adapter_id = " + adapter.id))
                    .containsOnlyNulls();
        }
        assertThatCountsAreThoseOfTheAdapters();
    }

    private void assertThatCountsAreThoseOfTheAdapters() throws SQLException {
        assertThat(sql.strings("select address from listing order by 1"))
                .isEqualTo(sql.strings("select p.name || '/' || a.name from adapter a"
                        + " join publisher p on p.id = a.publisher_id where " + Sql.LISTED + " order by 1"));
        assertThat(sql.strings("select facet || '=' || value || ' ' || adapters from facet_count order by 1"))
                .isEqualTo(sql.strings("select entry || ' ' || count(*) from listing, unnest(facets || words) entry"
                        + " group by entry order by 1"));
        assertThat(sql.strings("select id::text from facet_change")).isEmpty();
        String columns = "(adapter_id, facets, trend, downloads, likes, listed_at)::text";
        assertThat(sql.strings("select " + columns + " from adapter_text where facets is not null order by 1"))
                .isEqualTo(sql.strings("select " + columns + " from listing order by 1"));
    }

    private Adapter adapter(Visibility visibility) {
        return hub.adapter(hub.person(Role.MEMBER), visibility);
    }

    private int total(String address) {
        return catalogue.find(query(address), 0).total();
    }
}
