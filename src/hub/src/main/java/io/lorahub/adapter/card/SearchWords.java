package io.lorahub.adapter.card;

import io.lorahub.storage.upkeep.SweepBegins;
import io.quarkus.narayana.jta.QuarkusTransaction;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import jakarta.persistence.EntityManager;
import java.util.List;
import org.jboss.logging.Logger;

/** Each night, forgets the words that no card has any more, so that beginnings of words stay fast to look up. */
@ApplicationScoped
class SearchWords {

    private static final Logger LOG = Logger.getLogger(SearchWords.class);

    private static final String FORGET = """
            with used as materialized (select word from ts_stat('select document from adapter_text'))
            delete from search_word s where not exists (select from used where used.word = s.word)""";

    /** Of cards that were changed meanwhile, or while the night before's words were forgotten. */
    private static final String ADD = """
            insert into search_word
            select distinct w from adapter a join adapter_text t on t.adapter_id = a.id, unnest(tsvector_to_array(t.document)) w
             where a.updated_at > now() - interval '2 days' and not exists (select from search_word s where s.word = w)""";

    /** In seconds, of each step: both read all cards. */
    private static final int LONGEST = 3600;

    private final EntityManager database;

    SearchWords(EntityManager database) {
        this.database = database;
    }

    void forgetUnused(@Observes SweepBegins sweep) {
        try {
            for (String step : List.of(FORGET, ADD)) {
                QuarkusTransaction.requiringNew()
                        .timeout(LONGEST)
                        .run(() -> database.createNativeQuery(step).executeUpdate());
            }
        } catch (RuntimeException e) {
            LOG.warn("Unused words could not be forgotten; the next night tries it again.", e);
        }
    }
}
