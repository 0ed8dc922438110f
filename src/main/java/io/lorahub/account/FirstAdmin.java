package io.lorahub.account;

import io.lorahub.account.OneTimeLink.Purpose;
import io.lorahub.serve.FirstAdminLink;
import io.lorahub.web.ProblemException;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.persistence.EntityManager;
import jakarta.transaction.Transactional;
import java.time.Duration;
import java.util.Optional;

/**
 * How a new hub gets its first administrator without a password that everybody knows: whoever started it finds a link
 * in its output.
 */
@ApplicationScoped
public class FirstAdmin implements FirstAdminLink {

    private static final Duration LIFE = Duration.ofDays(7);

    /** Any number that nothing else of ours locks. */
    private static final long LOCK = 0x6669727374L;

    private final EntityManager database;
    private final Accounts accounts;

    FirstAdmin(EntityManager database, Accounts accounts) {
        this.database = database;
        this.accounts = accounts;
    }

    /** A new link, which replaces older ones; absent once there is an administrator. */
    @Override
    @Transactional
    public Optional<String> path() {
        takeTurns();
        if (exists()) return Optional.empty();
        return Optional.of("/first-admin/"
                + OneTimeLink.make(Purpose.FIRST_ADMIN, null, LIFE).text());
    }

    @Transactional
    public boolean isGood(String secret) {
        return !exists() && OneTimeLink.of(Purpose.FIRST_ADMIN, secret).isPresent();
    }

    /**
     * @return the administrator; empty if the link is not good, or somebody else was first
     * @throws ProblemException if name or password is no good; the link stays good
     */
    @Transactional
    public Optional<Person> register(String secret, String name, NewPassword password) {
        takeTurns();
        if (exists() || OneTimeLink.use(Purpose.FIRST_ADMIN, secret).isEmpty()) return Optional.empty();
        return Optional.of(accounts.register(name, password, Role.ADMIN));
    }

    /** Processes that start together, and forms sent together: one after the other until each transaction ends. */
    private void takeTurns() {
        database.createNativeQuery("select cast(pg_advisory_xact_lock(:lock) as text)")
                .setParameter("lock", LOCK)
                .getSingleResult();
    }

    private static boolean exists() {
        return Person.count("role", Role.ADMIN) > 0;
    }
}
