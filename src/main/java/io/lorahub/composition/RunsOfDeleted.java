package io.lorahub.composition;

import io.lorahub.adapter.AdapterDeletionEvent;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import jakarta.persistence.EntityManager;
import java.util.List;
import java.util.UUID;

/**
 * What becomes of runs when a candidate of theirs is deleted: they keep what they found, their files too, and those that
 * have not ended go no further.
 */
@ApplicationScoped
class RunsOfDeleted {

    private final EntityManager database;
    private final RunStates states;

    RunsOfDeleted(EntityManager database, RunStates states) {
        this.database = database;
        this.states = states;
    }

    void halt(@Observes AdapterDeletionEvent deletion) {
        String address = deletion.adapter().address();
        unfinished(deletion.adapter().id).forEach(run -> states.halt(run, address));
    }

    private List<UUID> unfinished(Long adapter) {
        return database.createQuery("""
                        select r.id from CompositionRun r join r.candidates c
                        where c.version.adapter.id = ?1 and r.state in (QUEUED, RUNNING, PAUSED) order by r.id""", UUID.class).setParameter(1, adapter).getResultList();
    }
}
