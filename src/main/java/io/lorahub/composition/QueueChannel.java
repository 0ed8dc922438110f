package io.lorahub.composition;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.persistence.EntityManager;
import java.util.UUID;

/**
 * Tells the workers of all processes what shall not wait for their next look, when the caller's transaction commits
 * (PostgreSQL NOTIFY). Nothing depends on it being heard: whoever hears nothing looks by himself a moment later.
 */
@ApplicationScoped
public class QueueChannel {

    static final String CHANNEL = "composition_pool";

    /** A run may be taken. */
    static final String DUE = "due";

    /** Somebody changed what workers shall do, such as to drain. */
    static final String WORKERS = "workers";

    /** For listeners whose connection was lost for a while: anything may have been said meanwhile. */
    static final String ANYTHING = "";

    private final EntityManager entities;

    QueueChannel(EntityManager entities) {
        this.entities = entities;
    }

    void due() {
        send(DUE);
    }

    void workers() {
        send(WORKERS);
    }

    /** The owner wants something of a run that a worker holds. */
    void wish(UUID run) {
        send(run.toString());
    }

    private void send(String text) {
        entities.createNativeQuery("select cast(pg_notify(?1, ?2) as text)", String.class)
                .setParameter(1, CHANNEL)
                .setParameter(2, text)
                .getSingleResult();
    }
}
