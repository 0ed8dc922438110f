package io.lorahub.account;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.persistence.EntityManager;

/**
 * Ensures that at least one person can administer the hub: a person of role admin who is not banned. Every change that
 * could remove the last one takes the lock first, so that of two concurrent changes the second sees the first.
 */
@ApplicationScoped
public class LastAdministrator {

    /** An arbitrary key that no other lock of ours uses. */
    private static final long LOCK = 0x6669727374L;

    private final EntityManager database;

    LastAdministrator(EntityManager database) {
        this.database = database;
    }

    /**
     * Locks until the end of the caller's transaction. Load persons afterwards, because anything loaded before may have
     * changed.
     */
    public void lock() {
        database.createNativeQuery("select cast(pg_advisory_xact_lock(:lock) as text)")
                .setParameter("lock", LOCK)
                .getSingleResult();
    }

    public boolean exist() {
        return Person.count("role = ?1 and bannedAt is null", Role.ADMIN) > 0;
    }

    /** Whether this person is the only one who can administer the hub. */
    public boolean needs(Person person) {
        return Person.count("role = ?1 and bannedAt is null and id <> ?2", Role.ADMIN, person.id) == 0
                && Person.count("role = ?1 and bannedAt is null and id = ?2", Role.ADMIN, person.id) > 0;
    }
}
