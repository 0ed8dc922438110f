package io.lorahub.account;

import io.quarkus.narayana.jta.QuarkusTransaction;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.persistence.EntityManager;
import java.time.Duration;
import java.time.Instant;

/**
 * Counts the tries for a name, so that passwords cannot be guessed. A try is counted before the password is looked at,
 * in a transaction of its own: a hundred at the same time get no more guesses than one after the other.
 */
@ApplicationScoped
class SignInTries {

    static final int ALLOWED = 5;
    static final Duration LOCK = Duration.ofMinutes(15);

    private final EntityManager database;

    SignInTries(EntityManager database) {
        this.database = database;
    }

    /**
     * @param left how many may follow; negative if this one was already too many
     * @param unlocked when the name is free again
     */
    record Count(int left, Instant unlocked) {

        boolean isLocked() {
            return left < 0;
        }
    }

    /** Counts one try. While a name is locked, further tries do not lengthen the lock. */
    Count count(String name) {
        Instant now = Instant.now();
        return QuarkusTransaction.requiringNew().call(() -> {
            database.createNativeQuery("delete from sign_in_try where last_at < :past")
                    .setParameter("past", now.minus(LOCK))
                    .executeUpdate();
            Object[] row = (Object[]) database.createNativeQuery("""
                            insert into sign_in_try as t (name, tries, last_at) values (:name, 1, :now)
                            on conflict (name) do update set
                              tries = least(t.tries + 1, :allowed + 1),
                              last_at = case when t.tries < :allowed then :now else t.last_at end
                            returning tries, last_at""", Object[].class)
                    .setParameter("name", name)
                    .setParameter("now", now)
                    .setParameter("allowed", ALLOWED)
                    .getSingleResult();
            return new Count(ALLOWED - (int) row[0], ((Instant) row[1]).plus(LOCK));
        });
    }

    /** After the right password, in the caller's transaction. */
    void forget(String name) {
        database.createNativeQuery("delete from sign_in_try where name = :name")
                .setParameter("name", name)
                .executeUpdate();
    }
}
