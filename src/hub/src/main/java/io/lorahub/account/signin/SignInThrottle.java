package io.lorahub.account.signin;

import io.quarkus.narayana.jta.QuarkusTransaction;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.persistence.EntityManager;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * Counts the attempts for a name, so that passwords cannot be guessed. Each source has its own count: attempts by
 * others must not lock out the owner. An attempt is counted before the password is checked, in a separate transaction,
 * so a hundred concurrent attempts get no more guesses than consecutive ones.
 */
@ApplicationScoped
public class SignInThrottle {

    /** Attempts from one source. */
    public static final int ALLOWED = 5;

    /** Attempts from all addresses together, against attackers with many addresses; known browsers are exempt. */
    static final int ALLOWED_ELSEWHERE = 100;

    static final Duration LOCK = Duration.ofMinutes(15);

    private static final String ELSEWHERE = "elsewhere";

    private final EntityManager database;

    SignInThrottle(EntityManager database) {
        this.database = database;
    }

    /**
     * @param left     remaining attempts; negative if this one already exceeded the limit
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

    /** Source for codes in a session: a right password must not reset their count. */
    public static String codeOf(long session) {
        return "code " + session(session);
    }

    /** Source for codes, by the browser if it is known. */
    public static String code(Optional<Long> browser) {
        return "code " + browser.map(SignInThrottle::browser).orElse(ELSEWHERE);
    }

    /** Counts one attempt. While a source is locked, further attempts do not extend the lock. */
    public Count count(String name, String source) {
        return count(name, source, ALLOWED);
    }

    /** Counts one attempt from a browser in which this name has never signed in. */
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

    /** Resets the counts after the right password, in the caller's transaction. */
    public void forget(String name, String source) {
        database.createNativeQuery("delete from sign_in_try where name = :name and source in (:source, :elsewhere)")
                .setParameter("name", name)
                .setParameter("source", source)
                .setParameter("elsewhere", ELSEWHERE)
                .executeUpdate();
    }

    /** Resets all counts of a name when it gets a new password, in the caller's transaction. */
    public void forget(String name) {
        database.createNativeQuery("delete from sign_in_try where name = :name")
                .setParameter("name", name)
                .executeUpdate();
    }
}
