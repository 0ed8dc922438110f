package io.lorahub.account.settings;

import io.lorahub.account.NewPassword;
import io.lorahub.account.OneTimeLink;
import io.lorahub.account.Passwords;
import io.lorahub.account.Person;
import io.lorahub.account.signin.KnownBrowser;
import io.lorahub.account.signin.Sessions;
import io.lorahub.account.signin.SignInThrottle;
import io.lorahub.audit.Audit;
import io.lorahub.web.FieldError;
import io.lorahub.web.ProblemException;
import io.lorahub.web.budget.RequestBudgets;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.transaction.Transactional;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Sets a person's password. */
@ApplicationScoped
public class PasswordChange {

    private final Sessions sessions;
    private final SignInThrottle tries;
    private final Audit audit;
    private final RequestBudgets budgets;

    PasswordChange(Sessions sessions, SignInThrottle tries, Audit audit, RequestBudgets budgets) {
        this.sessions = sessions;
        this.tries = tries;
        this.audit = audit;
        this.budgets = budgets;
    }

    /**
     * Also ends all other sessions.
     *
     * @param current ignored if the person has no password yet
     * @throws ProblemException with all errors
     */
    @Transactional
    public void change(Person person, String current, NewPassword password, long thisSession) {
        List<FieldError> causes = new ArrayList<>();
        if (person.passwordHash != null)
            currentFault(person, current, thisSession).ifPresent(causes::add);
        causes.addAll(password.faults(person.name));
        if (!causes.isEmpty()) throw ProblemException.invalid(causes);
        set(person, password, Optional.of(thisSession));
        tries.forget(person.name);
        audit.log(person.name, "account.change-password", person.name, "");
    }

    /**
     * A stolen session must not be usable for guessing the password, so wrong attempts count, but only for this
     * session: attempts at the sign-in page do not keep the owner from changing the password.
     */
    @Transactional
    public Optional<FieldError> currentFault(Person person, String current, long session) {
        String source = SignInThrottle.session(session);
        SignInThrottle.Count count = tries.count(person.name, source);
        if (count.isLocked()) {
            return Optional.of(new FieldError(
                    "current", "There were too many wrong passwords; try again in a quarter of an hour."));
        }
        if (!budgets.current().compute(() -> Passwords.matches(current, person.passwordHash))) {
            return Optional.of(new FieldError("current", "This is not your current password."));
        }
        tries.forget(person.name, source);
        return Optional.empty();
    }

    /** Does not require the current password. */
    void set(Person person, NewPassword password, Optional<Long> remainingSession) {
        List<FieldError> faults = password.faults(person.name);
        if (!faults.isEmpty()) throw ProblemException.invalid(faults);
        String hash = budgets.current().compute(() -> Passwords.hash(password.text()));
        Person stored = Person.findById(person.id);
        stored.passwordHash = hash;
        sessions.endAll(person, remainingSession);
        // One of them may belong to a person who knew the old password.
        KnownBrowser.delete("person", person);
        OneTimeLink.delete("person = ?1 and usedAt is null", person);
    }
}
