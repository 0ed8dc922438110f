package io.lorahub.account.signin;

import io.quarkus.narayana.jta.QuarkusTransaction;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.persistence.EntityManager;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * Counts the tries for a name, so that passwords cannot be guessed. Each source has a count of its own: what others try
 * must not lock out the owner. A try is counted before the password is looked at, in a transaction of its own: a hundred
 * at the same time get no more guesses than one after the other.
 */
@ApplicationScoped
public class SignInThrottle {

    /** From one source. */
    public static final int ALLOWED = 5;

    /** From all addresses together, for who has many of them; browsers that are known do not count. */
    static final int ALLOWED_ELSEWHERE = 100;

    static final Duration LOCK = Duration.ofMinutes(15);

    private static final String ELSEWHERE = "elsewhere";

    private final EntityManager database;

    SignInThrottle(EntityManager database) {
        this.database = database;
    }

    /**
     * @param left how many may follow; negative if this one was already too many
     * @param unlocked when this source can try again
     */
    public record Count(int left, Instant unlocked) {

        public boolean isLocked() {
            return left < 0;
        }
    }

    static String address(String address) {
        return "address " + address;
    }

    static String browser(long id) {
        return "browser " + id;
    }

    public static String session(long id) {
        return "session " + id;
    }

    /** Of codes in a session: a right password must not set their count to 0. */
    public static String codeOf(long session) {
        return "code " + session(session);
    }

    /** Of codes, by the browser if it is known. */
    public static String code(Optional<Long> browser) {
        return "code " + browser.map(SignInThrottle::browser).orElse(ELSEWHERE);
    }

    /** Counts one try. While a source is locked, further tries do not lengthen the lock. */
    public Count count(String name, String source) {
        return count(name, source, ALLOWED);
    }

    /** Counts one try of somebody who was never signed in with this name where they are now. */
    Count countElsewhere(String name) {
        return count(name, ELSEWHERE, ALLOWED_ELSEWHERE);
    }

    private Count count(String name, String source, int allowed) {
        Instant now = Instant.now();
        return QuarkusTransaction.requiringNew().call(() -> {
            database.createNativeQuery("delete from sign_in_try where last_at < :past")
                    .setParameter("past", now.minus(LOCK))
                    .executeUpdate();
            Object[] row = (Object[]) database.createNativeQuery("""
                            insert into sign_in_try as t (name, source, tries, last_at) values (:name, :source, 1, :now)
                            on conflict (name, source) do update set
                              tries = least(t.tries + 1, :allowed + 1),
                              last_at = case when t.tries < :allowed then :now else t.last_at end
                            returning tries, last_at""", Object[].class)
                    .setParameter("name", name)
                    .setParameter("source", source)
                    .setParameter("now", now)
                    .setParameter("allowed", allowed)
                    .getSingleResult();
            return new Count(allowed - (int) row[0], ((Instant) row[1]).plus(LOCK));
        });
    }

    /** After the right password, in the caller's transaction. */
    public void forget(String name, String source) {
        database.createNativeQuery("delete from sign_in_try where name = :name and source in (:source, :elsewhere)")
                .setParameter("name", name)
                .setParameter("source", source)
                .setParameter("elsewhere", ELSEWHERE)
                .executeUpdate();
    }

    /** With a new password, in the caller's transaction. */
    public void forget(String name) {
        database.createNativeQuery("delete from sign_in_try where name = :name")
                .setParameter("name", name)
                .executeUpdate();
    }
}
