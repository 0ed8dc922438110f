package io.lorahub.adapter.card;

import static org.assertj.core.api.Assertions.assertThat;

import io.lorahub.account.Role;
import io.lorahub.adapter.Adapter;
import io.lorahub.adapter.Visibility;
import io.lorahub.storage.upkeep.SweepBegins;
import io.lorahub.testsupport.Hub;
import io.lorahub.testsupport.PostgresResource;
import io.quarkus.narayana.jta.QuarkusTransaction;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.persistence.EntityManager;
import java.util.List;
import org.junit.jupiter.api.Test;

@QuarkusTest
@QuarkusTestResource(PostgresResource.class)
class SearchWordsTest {

    private final Hub hub;
    private final SearchWords words;
    private final EntityManager database;

    SearchWordsTest(Hub hub, SearchWords words, EntityManager database) {
        this.hub = hub;
        this.words = words;
        this.database = database;
    }

    @Test
    void words_that_no_card_has_any_more_are_forgotten_and_all_others_stay() {
        Adapter adapter = hub.adapter(hub.person(Role.MEMBER), Visibility.PUBLIC);
        describe(adapter, "quixoticword staysword");
        describe(adapter, "staysword lostword");
        QuarkusTransaction.requiringNew()
                .run(() -> database.createNativeQuery("delete from search_word where word = 'lostword'")
                        .executeUpdate());
        assertThat(known()).containsExactly("quixoticword", "staysword");

        words.forgetUnused(new SweepBegins());

        assertThat(known()).containsExactly("lostword", "staysword");
    }

    private static void describe(Adapter adapter, String text) {
        QuarkusTransaction.requiringNew().run(() -> Adapter.update("description = ?1 where id = ?2", text, adapter.id));
    }

    private List<String> known() {
        return database.createNativeQuery(
                        "select distinct word from search_word where word in ('quixoticword', 'staysword', 'lostword')"
                                + " order by word",
                        String.class)
                .getResultList();
    }
}
