package io.lorahub.account;

import io.lorahub.audit.Audit;
import io.quarkus.narayana.jta.QuarkusTransaction;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.ws.rs.core.NewCookie;
import java.util.List;
import java.util.Optional;

/** Signs in with name and password. What is answered does not tell whether an account of the name exists. */
@ApplicationScoped
public class SignIn {

    private static final String FAILED = "account.sign-in-failed";

    private final SignInTries tries;
    private final KnownBrowsers browsers;
    private final Sessions sessions;
    private final Audit audit;

    SignIn(SignInTries tries, KnownBrowsers browsers, Sessions sessions, Audit audit) {
        this.tries = tries;
        this.browsers = browsers;
        this.sessions = sessions;
        this.audit = audit;
    }

    /** @param cookies of the new session and of the browser, to be set */
    record Opened(Person person, List<NewCookie> cookies) {}

    /**
     * @throws SignInException if name or password is wrong, there were too many tries, or the person is banned
     */
    Opened signIn(String typedName, String password, Visitor visitor) {
        String name = AccountName.canonical(typedName);
        if (!AccountName.isWellFormed(name)) throw SignInException.wrong();
        Optional<Long> known = browsers.idOf(name, visitor);
        String source = known.map(SignInTries::browser).orElseGet(() -> SignInTries.address(visitor.address()));
        SignInTries.Count count = tries.count(name, source);
        if (count.isLocked()) throw SignInException.locked(count.unlocked());
        if (known.isEmpty()) {
            SignInTries.Count elsewhere = tries.countElsewhere(name);
            if (elsewhere.isLocked()) throw SignInException.locked(elsewhere.unlocked());
        }
        Optional<Person> person = QuarkusTransaction.joiningExisting().call(() -> Person.named(name));
        if (!Passwords.matches(password, person.map(found -> found.passwordHash).orElse(null))) {
            noteFailure(person, count);
            throw SignInException.wrong(count.left());
        }
        refuseBanned(person.orElseThrow());
        return QuarkusTransaction.joiningExisting().call(() -> open(person.orElseThrow(), source, visitor));
    }

    private Opened open(Person found, String source, Visitor visitor) {
        tries.forget(found.name, source);
        Person person = Person.findById(found.id);
        audit.log(person.name, "account.sign-in", person.name, "password");
        NewCookie session = visitor.signedIn(sessions.open(person, visitor));
        return new Opened(person, List.of(session, browsers.remember(person, visitor)));
    }

    /** @throws SignInException that says why */
    private void refuseBanned(Person person) {
        if (!person.isBanned()) return;
        QuarkusTransaction.joiningExisting().run(() -> audit.log("anonymous", FAILED, person.name, "banned"));
        throw SignInException.banned(person.banReason);
    }

    /** Without the name that nobody has: it may be a password that was typed into the wrong field. */
    private void noteFailure(Optional<Person> person, SignInTries.Count count) {
        QuarkusTransaction.joiningExisting().run(() -> {
            audit.log(
                    "anonymous",
                    FAILED,
                    person.map(found -> found.name).orElse(""),
                    person.isPresent() ? "wrong password" : "unknown name");
            if (count.left() > 0 || person.isEmpty()) return;
            audit.log("anonymous", "account.lock", person.get().name, "after " + SignInTries.ALLOWED + " tries");
        });
    }
}
