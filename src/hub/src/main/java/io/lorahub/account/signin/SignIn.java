package io.lorahub.account.signin;

import io.lorahub.account.AccountName;
import io.lorahub.account.BrowserContext;
import io.lorahub.account.OneTimeLink;
import io.lorahub.account.OneTimeLink.Purpose;
import io.lorahub.account.Passwords;
import io.lorahub.account.Person;
import io.lorahub.account.Secret;
import io.lorahub.audit.Audit;
import io.lorahub.web.ProblemException;
import io.lorahub.web.budget.RequestBudgets;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Metrics;
import io.quarkus.narayana.jta.QuarkusTransaction;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.persistence.LockModeType;
import jakarta.ws.rs.core.NewCookie;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** Signs in with name and password. The answer does not reveal whether an account of the name exists. */
@ApplicationScoped
public class SignIn {

    private static final String FAILED = "account.sign-in-failed";

    private static final String LOCKED = "locked";

    private final AddressRateLimits addresses;
    private final SignInThrottle tries;
    private final KnownBrowsers browsers;
    private final SecondFactors factors;
    private final Sessions sessions;
    private final Audit audit;
    private final RequestBudgets budgets;

    SignIn(
            AddressRateLimits addresses,
            SignInThrottle tries,
            KnownBrowsers browsers,
            SecondFactors factors,
            Sessions sessions,
            Audit audit,
            RequestBudgets budgets) {
        this.addresses = addresses;
        this.tries = tries;
        this.browsers = browsers;
        this.factors = factors;
        this.sessions = sessions;
        this.audit = audit;
        this.budgets = budgets;
    }

    /** Time to enter the code of the second factor after the password. */
    private static final Duration CODE_LIFE = Duration.ofMinutes(5);

    /**
     * Result of a right password.
     *
     * @param cookies cookies to set for the new session and the browser; none while the code is still required
     * @param pending secret that the form for the second factor's code sends along; null if no code is required
     */
    record Opened(List<NewCookie> cookies, Secret pending) {}

    /**
     * Strangers can neither guess the password, because their attempts are limited, nor lock the owner out by wrong
     * ones: no limit for strangers applies to the owner's known browsers, and with a second factor the right password
     * always leads on to its code.
     *
     * @throws SignInException  if name or password is wrong, there were too many attempts, or the person is banned
     * @throws ProblemException if there were too many attempts from this address
     */
    Opened signIn(String typedName, String password, BrowserContext visitor) {
        String name = AccountName.canonical(typedName);
        boolean wellFormed = AccountName.isWellFormed(name);
        Optional<Long> known = wellFormed ? browsers.idOf(name, visitor) : Optional.empty();
        if (known.isEmpty()) addresses.countSignIn(visitor);
        if (!wellFormed) {
            failures("unknown name").increment();
            throw SignInException.wrong();
        }
        String source = known.map(SignInThrottle::browser).orElseGet(() -> SignInThrottle.address(visitor.address()));
        SignInThrottle.Count count = tries.count(name, source);
        Optional<Instant> locked = count.isLocked()
                ? Optional.of(count.unlocked())
                : known.isPresent() ? Optional.empty() : lockedElsewhere(name);
        Optional<Person> person = QuarkusTransaction.joiningExisting().call(() -> Person.named(name));
        if (locked.isPresent() && known.isPresent()) {
            failures(LOCKED).increment();
            throw SignInException.locked(locked.get());
        }
        // neither the answer to a wrong password nor the time that it takes tells whether there is a second factor
        boolean verified = locked.isEmpty() || person.flatMap(factors::of).isPresent();
        String hash = verified ? person.map(account -> account.passwordHash).orElse(null) : null;
        if (!budgets.current().compute(() -> Passwords.matches(password, hash))) {
            noteFailure(person, count, verified);
            throw locked.map(SignInException::locked).orElseGet(() -> SignInException.wrong(count.left()));
        }
        return QuarkusTransaction.joiningExisting().call(() -> {
            Person now = Person.findById(person.orElseThrow().id, LockModeType.PESSIMISTIC_WRITE);
            // it may have been changed while this one was compared
            if (now == null || !hash.equals(now.passwordHash)) throw SignInException.wrong();
            refuseBanned(now);
            return afterPassword(now, source, visitor);
        });
    }

    private Optional<Instant> lockedElsewhere(String name) {
        return Optional.of(tries.countElsewhere(name))
                .filter(SignInThrottle.Count::isLocked)
                .map(SignInThrottle.Count::unlocked);
    }

    /**
     * Completes the sign-in with the code of the second factor, or a recovery code.
     *
     * @return empty if the password was given too long ago
     * @throws SignInException  if the code is wrong, or there were too many attempts
     * @throws ProblemException if there were too many attempts from this address
     */
    Optional<Opened> finish(String pending, String code, BrowserContext visitor) {
        Optional<Person> member = QuarkusTransaction.joiningExisting()
                .call(() -> OneTimeLink.of(Purpose.SIGN_IN_CODE, pending)
                        .map(link -> Person.<Person>findById(link.person.id)));
        Optional<Long> known = member.flatMap(person -> browsers.idOf(person.name, visitor));
        if (known.isEmpty()) addresses.countSignIn(visitor);
        if (member.isEmpty()) return Optional.empty();
        Person person = member.get();
        // Others who know the password use up only the attempts of unknown browsers.
        String source = SignInThrottle.code(known);
        SignInThrottle.Count count = tries.count(person.name, source);
        if (count.isLocked()) throw SignInException.locked(count.unlocked());
        if (!factors.takes(person, code)) {
            failures("wrong code").increment();
            QuarkusTransaction.joiningExisting().run(() -> audit.log("anonymous", FAILED, person.name, "wrong code"));
            throw SignInException.wrongCode();
        }
        refuseBanned(person);
        return QuarkusTransaction.joiningExisting()
                .call(() -> OneTimeLink.use(Purpose.SIGN_IN_CODE, pending)
                        .map(link -> open(person, source, "password and code", visitor)));
    }

    private Opened afterPassword(Person person, String source, BrowserContext visitor) {
        if (factors.of(person).isEmpty()) return open(person, source, "password", visitor);
        tries.forget(person.name, source);
        return new Opened(List.of(), OneTimeLink.make(Purpose.SIGN_IN_CODE, person, CODE_LIFE));
    }

    private Opened open(Person verified, String source, String how, BrowserContext visitor) {
        tries.forget(verified.name, source);
        Person person = Person.findById(verified.id);
        audit.log(person.name, "account.sign-in", person.name, how);
        NewCookie session = visitor.signedIn(sessions.open(person, visitor));
        return new Opened(List.of(session, browsers.remember(person, visitor)), null);
    }

    /** @throws SignInException with the reason */
    private void refuseBanned(Person person) {
        if (!person.isBanned()) return;
        failures("banned").increment();
        QuarkusTransaction.joiningExisting().run(() -> audit.log("anonymous", FAILED, person.name, "banned"));
        throw SignInException.banned(person.banReason);
    }

    /**
     * Logs a failure. Leaves out a name without an account, because it could be a password typed into the wrong field.
     *
     * @param verified whether the password was compared with that of the account; otherwise the name is locked
     */
    private void noteFailure(Optional<Person> person, SignInThrottle.Count count, boolean verified) {
        String reason = !verified ? LOCKED : person.isPresent() ? "wrong password" : "unknown name";
        failures(reason).increment();
        QuarkusTransaction.joiningExisting().run(() -> {
            audit.log("anonymous", FAILED, person.map(account -> account.name).orElse(""), reason);
            if (count.left() != 0 || person.isEmpty()) return; // while the name is locked, it is below 0
            audit.log("anonymous", "account.lock", person.get().name, "after " + SignInThrottle.ALLOWED + " tries");
        });
    }

    private static Counter failures(String reason) {
        return Counter.builder("lorahub.sign.in.failures")
                .description("Failed sign-ins")
                .tag("reason", reason)
                .register(Metrics.globalRegistry);
    }
}
