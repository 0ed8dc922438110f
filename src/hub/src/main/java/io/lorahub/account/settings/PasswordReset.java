package io.lorahub.account.settings;

import io.lorahub.account.NewPassword;
import io.lorahub.account.OneTimeLink;
import io.lorahub.account.OneTimeLink.Purpose;
import io.lorahub.account.Person;
import io.lorahub.account.signin.SignInThrottle;
import io.lorahub.audit.Audit;
import io.lorahub.web.ProblemException;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Event;
import jakarta.transaction.Transactional;
import java.time.Duration;
import java.util.Optional;

/** Resets a forgotten password: an administrator creates a link and passes it on through a channel they trust. */
@ApplicationScoped
public class PasswordReset {

    public static final Duration LIFE = Duration.ofHours(24);

    private final PasswordChange change;
    private final SignInThrottle tries;
    private final Audit audit;
    private final Event<PasswordResetEvent> resets;

    PasswordReset(PasswordChange change, SignInThrottle tries, Audit audit, Event<PasswordResetEvent> resets) {
        this.change = change;
        this.tries = tries;
        this.audit = audit;
        this.resets = resets;
    }

    /** Path of a new link, which replaces an older one. The audit log names the viewer as its creator. */
    @Transactional
    public String link(Person person) {
        audit.log("account.reset-link", person.name, "");
        return "/reset-password/"
                + OneTimeLink.make(Purpose.RESET_PASSWORD, person, LIFE).text();
    }

    /** Name of the person whose password the link resets; empty if the link is not valid. */
    @Transactional
    public Optional<String> nameOf(String secret) {
        return OneTimeLink.of(Purpose.RESET_PASSWORD, secret).map(link -> link.person.name);
    }

    /**
     * Sets the password, ends all sessions and unlocks the name.
     *
     * @return whose password it is; empty if the link is not valid
     * @throws ProblemException if the password is not acceptable; the link stays valid
     */
    @Transactional
    public Optional<Person> reset(String secret, NewPassword password) {
        Optional<OneTimeLink> link = OneTimeLink.use(Purpose.RESET_PASSWORD, secret);
        link.ifPresent(used -> {
            change.set(used.person, password, Optional.empty());
            tries.forget(used.person.name);
            audit.log(used.person.name, "account.reset-password", used.person.name, "");
            resets.fire(new PasswordResetEvent(used.person));
        });
        return link.map(used -> used.person);
    }
}
