package io.lorahub.adapter.lineage;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;

import io.lorahub.account.Role;
import io.lorahub.adapter.Adapter;
import io.lorahub.adapter.AdapterState;
import io.lorahub.adapter.AdapterVersion;
import io.lorahub.adapter.Visibility;
import io.lorahub.testsupport.Hub;
import io.lorahub.testsupport.PostgresResource;
import io.quarkus.narayana.jta.QuarkusTransaction;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import java.util.List;
import java.util.function.Consumer;
import org.jsoup.Jsoup;
import org.jsoup.nodes.Document;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What an adapter's page says of others: those it was made of, those made of it, and those like it. */
@QuarkusTest
@QuarkusTestResource(PostgresResource.class)
class AdapterRelationsTest {

    private final Hub hub;
    private Adapter adapter;

    AdapterRelationsTest(Hub hub) {
        this.hub = hub;
    }

    @BeforeEach
    void publish() {
        adapter = hub.adapter(hub.person(Role.MEMBER), Visibility.PUBLIC);
    }

    @Test
    void lineage_is_shown_both_ways_without_naming_what_is_hidden() {
        Adapter hidden = hub.adapter(hub.person(Role.MEMBER), Visibility.PRIVATE);
        Adapter made = hub.adapter(hub.person(Role.MEMBER), Visibility.PUBLIC);
        compose(made, adapter, 0.75);
        compose(made, hidden, -0.5);

        assertThat(page(adapter).select("#lineage").text()).contains(made.address(), "0.750");
        Document composed = page(made);
        assertThat(composed.select("#lineage").text())
                .contains(adapter.address(), "An adapter that is not public", "−0.500")
                .doesNotContain(hidden.address());
        assertThat(composed.select("#lineage svg g text").eachText()).contains("Not public");
    }

    @Test
    void compositions_with_a_taken_down_part_say_so() {
        Adapter made = hub.adapter(hub.person(Role.MEMBER), Visibility.PUBLIC);
        Adapter further = hub.adapter(hub.person(Role.MEMBER), Visibility.PUBLIC);
        compose(made, adapter, 1);
        compose(further, made, 1);
        change(a -> {
            a.state = AdapterState.TAKEN_DOWN;
            a.stateReason = "It copies another one.";
        });

        for (Adapter one : List.of(made, further)) {
            assertThat(page(one).select(".notice").text()).contains("A part of this was taken down");
        }
    }

    @Test
    void relatives_are_of_the_same_base_model_and_share_a_task() {
        Adapter other = hub.adapter(hub.person(Role.MEMBER), Visibility.PUBLIC);
        String tag = "task-of-" + adapter.name;
        change(a -> a.tags = List.of(tag, "spelling"));
        QuarkusTransaction.requiringNew().run(() -> Adapter.<Adapter>findById(other.id).tags = List.of(tag));
        QuarkusTransaction.requiringNew().run(() -> Adapter.<Adapter>findById(other.id).downloads = 1_000_000);

        assertThat(page(adapter).select("#similar h3 a").eachAttr("href")).contains("/" + other.address());
    }

    private void change(Consumer<Adapter> change) {
        QuarkusTransaction.requiringNew().run(() -> change.accept(Adapter.findById(adapter.id)));
    }

    private static void compose(Adapter made, Adapter part, double weight) {
        QuarkusTransaction.requiringNew()
                .run(() -> Adapter.getEntityManager()
                        .createNativeQuery("insert into version_part values (?1, ?2, ?3)")
                        .setParameter(1, AdapterVersion.newestOf(made).id)
                        .setParameter(2, AdapterVersion.newestOf(part).id)
                        .setParameter(3, weight)
                        .executeUpdate());
    }

    private static Document page(Adapter shown) {
        return Jsoup.parse(given().get("/" + shown.address())
                .then()
                .statusCode(200)
                .extract()
                .asString());
    }
}
