package io.lorahub.composition;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.persistence.EntityManager;
import jakarta.transaction.Transactional;

/** Drops trials whose time is over, and with them what holds their files; the files go with the storage's sweep. */
@ApplicationScoped
public class TaskSweep {

    private final EntityManager database;

    TaskSweep(EntityManager database) {
        this.database = database;
    }

    /** How many were dropped. */
    @Transactional
    public int run() {
        return database.createNativeQuery("delete from composition_trial where expires_at < now()")
                .executeUpdate();
    }
}
