package io.lorahub.composition;

import io.lorahub.adapter.AdapterDeletion;
import io.lorahub.notice.Inbox;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import jakarta.persistence.EntityManager;
import java.util.List;

/** Runs do not make sense without one of their candidates: its weight would be that of another. They go with it. */
@ApplicationScoped
class RunsOfDeleted {

    private static final String WITH_IT = """
            id in (select c.run_id from composition_candidate c join adapter_version v on v.id = c.version_id
                   where v.adapter_id = ?1)""";

    private final EntityManager database;
    private final Inbox inbox;

    RunsOfDeleted(EntityManager database, Inbox inbox) {
        this.database = database;
        this.inbox = inbox;
    }

    void drop(@Observes AdapterDeletion deletion) {
        Long adapter = deletion.adapter().id;
        String address = deletion.adapter().address();
        owners(adapter)
                .forEach(run -> inbox.tell(
                        ((Number) run[0]).longValue(),
                        "The run “%s” was deleted.".formatted(run[1]),
                        "%s, one of its candidates, was deleted, and the run went with it.".formatted(address),
                        "/runs"));
        database.createNativeQuery("delete from composition_run where " + WITH_IT)
                .setParameter(1, adapter)
                .executeUpdate();
    }

    private List<Object[]> owners(Long adapter) {
        return database.createNativeQuery(
                        "select person_id, title from composition_run where person_id is not null and " + WITH_IT,
                        Object[].class)
                .setParameter(1, adapter)
                .getResultList();
    }
}
