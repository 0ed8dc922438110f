package io.lorahub.account.signin;

import io.lorahub.account.AccountName;
import io.lorahub.account.BrowserContext;
import io.lorahub.account.OneTimeLink;
import io.lorahub.account.OneTimeLink.Purpose;
import io.lorahub.account.Passwords;
import io.lorahub.account.Person;
import io.lorahub.account.Secret;
import io.lorahub.audit.Audit;
import io.lorahub.web.budget.RequestBudgets;
import io.quarkus.narayana.jta.QuarkusTransaction;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.ws.rs.core.NewCookie;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** Signs in with name and password. The answer does not reveal whether an account of the name exists. */
@ApplicationScoped
public class SignIn {

    private static final String FAILED = "account.sign-in-failed";

    private final SignInThrottle tries;
    private final KnownBrowsers browsers;
    private final SecondFactors factors;
    private final Sessions sessions;
    private final Audit audit;
    private final RequestBudgets budgets;

    SignIn(
            SignInThrottle tries,
            KnownBrowsers browsers,
            SecondFactors factors,
            Sessions sessions,
            Audit audit,
            RequestBudgets budgets) {
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

    /** @throws SignInException if name or password is wrong, there were too many attempts, or the person is banned */
    Opened signIn(String typedName, String password, BrowserContext visitor) {
        String name = AccountName.canonical(typedName);
        if (!AccountName.isWellFormed(name)) throw SignInException.wrong();
        Optional<Long> known = browsers.idOf(name, visitor);
        String source = known.map(SignInThrottle::browser).orElseGet(() -> SignInThrottle.address(visitor.address()));
        SignInThrottle.Count count = tries.count(name, source);
        if (count.isLocked()) throw SignInException.locked(count.unlocked());
        if (known.isEmpty()) {
            SignInThrottle.Count elsewhere = tries.countElsewhere(name);
            if (elsewhere.isLocked()) throw SignInException.locked(elsewhere.unlocked());
        }
        Optional<Person> person = QuarkusTransaction.joiningExisting().call(() -> Person.named(name));
        String hash = person.map(found -> found.passwordHash).orElse(null);
        if (!budgets.current().compute(() -> Passwords.matches(password, hash))) {
            noteFailure(person, count);
            throw SignInException.wrong(count.left());
        }
        refuseBanned(person.orElseThrow());
        return QuarkusTransaction.joiningExisting().call(() -> afterPassword(person.orElseThrow(), source, visitor));
    }

    /**
     * Completes the sign-in with the code of the second factor, or a recovery code.
     *
     * @return empty if the password was given too long ago
     * @throws SignInException if the code is wrong, or there were too many attempts
     */
    Optional<Opened> finish(String pending, String code, BrowserContext visitor) {
        Optional<Person> found = QuarkusTransaction.joiningExisting()
                .call(() -> OneTimeLink.of(Purpose.SIGN_IN_CODE, pending)
                        .map(link -> Person.<Person>findById(link.person.id)));
        if (found.isEmpty()) return Optional.empty();
        Person person = found.get();
        // Others who know the password use up only the attempts of unknown browsers.
        String source = SignInThrottle.code(browsers.idOf(person.name, visitor));
        SignInThrottle.Count count = tries.count(person.name, source);
        if (count.isLocked()) throw SignInException.locked(count.unlocked());
        if (!factors.takes(person, code)) {
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

    private Opened open(Person found, String source, String how, BrowserContext visitor) {
        tries.forget(found.name, source);
        Person person = Person.findById(found.id);
        audit.log(person.name, "account.sign-in", person.name, how);
        NewCookie session = visitor.signedIn(sessions.open(person, visitor));
        return new Opened(List.of(session, browsers.remember(person, visitor)), null);
    }

    /** @throws SignInException with the reason */
    private void refuseBanned(Person person) {
        if (!person.isBanned()) return;
        QuarkusTransaction.joiningExisting().run(() -> audit.log("anonymous", FAILED, person.name, "banned"));
        throw SignInException.banned(person.banReason);
    }

    /**
     * Logs a failure. Leaves out a name without an account, because it could be a password typed into the wrong field.
     */
    private void noteFailure(Optional<Person> person, SignInThrottle.Count count) {
        QuarkusTransaction.joiningExisting().run(() -> {
            audit.log(
                    "anonymous",
                    FAILED,
                    person.map(found -> found.name).orElse(""),
                    person.isPresent() ? "wrong password" : "unknown name");
            if (count.left() > 0 || person.isEmpty()) return;
            audit.log("anonymous", "account.lock", person.get().name, "after " + SignInThrottle.ALLOWED + " tries");
        });
    }
}
