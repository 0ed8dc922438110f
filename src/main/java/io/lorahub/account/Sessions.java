package io.lorahub.account;

import io.lorahub.audit.Audit;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Event;
import jakarta.transaction.Transactional;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** Opens and ends sessions of browsers. */
@ApplicationScoped
public class Sessions {

    /** How long a browser stays signed in. */
    static final Duration LIFE = Duration.ofDays(30);

    private final Audit audit;
    private final Event<SignedIn> signedIn;

    Sessions(Audit audit, Event<SignedIn> signedIn) {
        this.audit = audit;
        this.signedIn = signedIn;
    }

    /** A new session; the secret goes into the cookie. */
    @Transactional
    public Secret open(Person person, String userAgent) {
        Secret secret = Secret.random("");
        PersonSession session = new PersonSession();
        session.secretHash = secret.hash();
        session.person = person;
        session.userAgent = userAgent;
        session.expiresAt = Instant.now().plus(LIFE);
        session.persist();
        return secret;
    }

    /** The same browser signs in: what it had before ends, so that nobody can wait in a session planted earlier. */
    @Transactional
    public Secret open(Person person, Visitor visitor) {
        visitor.secret(SessionCookie.NAME).ifPresent(secret -> PersonSession.delete("secretHash", secret.hash()));
        Secret session = open(person, visitor.userAgent());
        signedIn.fire(new SignedIn(person));
        return session;
    }

    /** Those that have not ended, the latest seen first. */
    @Transactional
    public List<PersonSession> of(Person person) {
        return PersonSession.list(
                "person = ?1 and expiresAt > ?2 order by lastSeenAt desc, id desc", person, Instant.now());
    }

    /** @return false if the person has no such session */
    @Transactional
    public boolean end(Person person, long id) {
        boolean ended = PersonSession.delete("id = ?1 and person = ?2", id, person) > 0;
        if (ended) audit.log(person.name, "account.end-session", person.name, "");
        return ended;
    }

    /** Ends all, or all but one. */
    @Transactional
    public void endAll(Person person, Optional<Long> except) {
        PersonSession.delete("person = ?1 and id <> ?2", person, except.orElse(-1L));
    }

    @Transactional
    public void signOutEverywhere(Person person) {
        endAll(person, Optional.empty());
        audit.log(person.name, "account.sign-out-everywhere", person.name, "");
    }

    @Transactional
    public void signOut(Visitor visitor) {
        visitor.secret(SessionCookie.NAME).flatMap(PersonSession::of).ifPresent(session -> {
            audit.log(session.person.name, "account.sign-out", session.person.name, "");
            session.delete();
        });
    }
}
