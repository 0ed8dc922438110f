package io.lorahub.browse.search;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.lorahub.account.Role;
import io.lorahub.adapter.Adapter;
import io.lorahub.adapter.Visibility;
import io.lorahub.adapter.page.Likes;
import io.lorahub.testsupport.Hub;
import io.lorahub.testsupport.PostgresResource;
import io.quarkus.narayana.jta.QuarkusTransaction;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

@QuarkusTest
@QuarkusTestResource(PostgresResource.class)
class TrendTest {

    private final Hub hub;
    private final Likes likes;

    private Adapter adapter;

    TrendTest(Hub hub, Likes likes) {
        this.hub = hub;
        this.likes = likes;
    }

    @BeforeEach
    void publish() {
        adapter = hub.adapter(hub.person(Role.MEMBER), Visibility.PUBLIC);
    }

    @Test
    void a_download_counts_half_after_a_week() {
        assertThat(trend(adapter)).isZero();
        downloads(adapter, 0, 1);
        double one = trend(adapter);
        Adapter older = hub.adapter(hub.person(Role.MEMBER), Visibility.PUBLIC);
        downloads(older, 7, 2);
        assertThat(trend(older)).isCloseTo(one, within(1e-9));
        downloads(older, 14, 4);
        assertThat(trend(older)).isCloseTo(one + 1, within(1e-9));
    }

    @Test
    void a_like_counts_as_five_downloads_until_it_is_taken_back() {
        Adapter downloaded = hub.adapter(hub.person(Role.MEMBER), Visibility.PUBLIC);
        downloads(downloaded, 0, 5);
        Long person = hub.person(Role.MEMBER).id;
        likes.like(person, adapter);
        assertThat(trend(adapter)).isCloseTo(trend(downloaded), within(1e-9));
        likes.unlike(person, adapter);
        assertThat(trend(adapter)).isZero();
    }

    private static void downloads(Adapter adapter, int daysAgo, int count) {
        QuarkusTransaction.requiringNew()
                .run(() -> Adapter.getEntityManager()
                        .createNativeQuery(
                                "insert into adapter_day (adapter_id, day, downloads) values (?1, current_date - ?2, ?3)")
                        .setParameter(1, adapter.id)
                        .setParameter(2, daysAgo)
                        .setParameter(3, count)
                        .executeUpdate());
    }

    private static double trend(Adapter adapter) {
        return QuarkusTransaction.requiringNew().call(() -> Adapter.<Adapter>findById(adapter.id).trend);
    }
}
