package io.lorahub.account.signin;

import io.lorahub.account.Accounts;
import io.lorahub.account.LastAdministrator;
import io.lorahub.account.NewPassword;
import io.lorahub.account.OneTimeLink;
import io.lorahub.account.OneTimeLink.Purpose;
import io.lorahub.account.Person;
import io.lorahub.account.Role;
import io.lorahub.serve.FirstAdminLink;
import io.lorahub.web.ProblemException;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.transaction.Transactional;
import java.time.Duration;
import java.util.Optional;

/**
 * Gives a hub without an administrator its first one, without a default password: the person who started the hub finds
 * a link in its output. This applies to a new hub, and to one whose administrators are all banned.
 */
@ApplicationScoped
public class FirstAdmin implements FirstAdminLink {

    private static final Duration LIFE = Duration.ofDays(7);

    private final Accounts accounts;
    private final LastAdministrator administrators;

    FirstAdmin(Accounts accounts, LastAdministrator administrators) {
        this.accounts = accounts;
        this.administrators = administrators;
    }

    /**
     * Creates a link in addition to those printed by other processes; absent if the hub already has an administrator.
     */
    @Override
    @Transactional
    public Optional<String> path() {
        administrators.lock();
        if (administrators.exist()) return Optional.empty();
        return Optional.of(
                "/first-admin/" + OneTimeLink.more(Purpose.FIRST_ADMIN, LIFE).text());
    }

    @Transactional
    public boolean isGood(String secret) {
        return !administrators.exist()
                && OneTimeLink.of(Purpose.FIRST_ADMIN, secret).isPresent();
    }

    /**
     * @return the administrator; empty if the link is not valid, or another person was first
     * @throws ProblemException if name or password is not acceptable; the link stays valid
     */
    @Transactional
    public Optional<Person> register(String secret, String name, NewPassword password) {
        administrators.lock();
        if (administrators.exist()
                || OneTimeLink.use(Purpose.FIRST_ADMIN, secret).isEmpty()) return Optional.empty();
        Person administrator = accounts.register(name, password, Role.ADMIN);
        OneTimeLink.delete("purpose = ?1 and usedAt is null", Purpose.FIRST_ADMIN);
        return Optional.of(administrator);
    }
}
