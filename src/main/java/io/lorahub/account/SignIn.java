package io.lorahub.account;

import io.lorahub.audit.Audit;
import io.quarkus.narayana.jta.QuarkusTransaction;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.Optional;

/** Signs in with name and password. What is answered does not tell whether an account of the name exists. */
@ApplicationScoped
public class SignIn {

    private final SignInTries tries;
    private final Sessions sessions;
    private final Audit audit;

    SignIn(SignInTries tries, Sessions sessions, Audit audit) {
        this.tries = tries;
        this.sessions = sessions;
        this.audit = audit;
    }

    /**
     * @return the new session
     * @throws SignInException if name or password is wrong, the name is locked, or the person is banned
     */
    public Secret signIn(String typedName, String password, Visitor visitor) {
        String name = AccountName.canonical(typedName);
        if (!AccountName.isWellFormed(name)) throw SignInException.wrong();
        SignInTries.Count count = tries.count(name);
        if (count.isLocked()) throw SignInException.locked(count.unlocked());
        Optional<Person> person = QuarkusTransaction.joiningExisting().call(() -> Person.named(name));
        if (!Passwords.matches(password, person.map(found -> found.passwordHash).orElse(null))) {
            if (count.left() == 0) person.ifPresent(this::noteLock);
            throw SignInException.wrong(count.left());
        }
        return QuarkusTransaction.joiningExisting().call(() -> open(person.orElseThrow(), visitor));
    }

    private Secret open(Person found, Visitor visitor) {
        tries.forget(found.name);
        Person person = Person.findById(found.id);
        refuseBanned(person);
        audit.log(person.name, "account.sign-in", person.name, "password");
        return sessions.open(person, visitor);
    }

    /** @throws SignInException that says why */
    static void refuseBanned(Person person) {
        if (person.isBanned()) throw SignInException.banned(person.banReason);
    }

    private void noteLock(Person person) {
        QuarkusTransaction.joiningExisting()
                .run(() ->
                        audit.log("anonymous", "account.lock", person.name, "after " + SignInTries.ALLOWED + " tries"));
    }
}
