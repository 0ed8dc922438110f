package io.lorahub.account;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.persistence.EntityManager;

/**
 * Those who can administer the hub: of role admin, and not banned. Whatever could leave it without one takes the lock
 * first, so that of two such changes at the same time the second one sees the first.
 */
@ApplicationScoped
public class LastAdministrator {

    /** Any number that nothing else of ours locks. */
    private static final long LOCK = 0x6669727374L;

    private final EntityManager database;

    LastAdministrator(EntityManager database) {
        this.database = database;
    }

    /** Until the caller's transaction ends. Load persons after it: what was loaded before may have changed. */
    public void lock() {
        database.createNativeQuery("select cast(pg_advisory_xact_lock(:lock) as text)")
                .setParameter("lock", LOCK)
                .getSingleResult();
    }

    public boolean exist() {
        return Person.count("role = ?1 and bannedAt is null", Role.ADMIN) > 0;
    }

    /** Whether nobody could administer the hub without this person. */
    public boolean needs(Person person) {
        return Person.count("role = ?1 and bannedAt is null and id <> ?2", Role.ADMIN, person.id) == 0
                && Person.count("role = ?1 and bannedAt is null and id = ?2", Role.ADMIN, person.id) > 0;
    }
}
