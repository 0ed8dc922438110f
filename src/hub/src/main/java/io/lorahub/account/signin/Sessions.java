package io.lorahub.account.signin;

import io.lorahub.account.AccountsConfig;
import io.lorahub.account.BrowserContext;
import io.lorahub.account.Person;
import io.lorahub.account.PersonSession;
import io.lorahub.account.Secret;
import io.lorahub.audit.Audit;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Event;
import jakarta.transaction.Transactional;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** Opens and ends browser sessions. */
@ApplicationScoped
public class Sessions {

    /** Of one person; more end the ones that were used longest ago. */
    static final int MOST = 100;

    private static final String SURPLUS = """
            delete from PersonSession where person = ?1 and id not in (
              select id from PersonSession where person = ?1 order by lastSeenAt desc, id desc limit %d)""".formatted(MOST - 1);

    /** By the database's clock: a process whose clock is ahead must not end the sessions of others. */
    private static final String ENDED = "delete from person_session where expires_at < now()"
            + " or last_seen_at < now() - make_interval(secs => ?1)";

    private final AccountsConfig config;
    private final Audit audit;
    private final Event<SignedInEvent> signedIn;

    Sessions(AccountsConfig config, Audit audit, Event<SignedInEvent> signedIn) {
        this.config = config;
        this.audit = audit;
        this.signedIn = signedIn;
    }

    /** Opens a session; the secret goes into the cookie. Also deletes expired sessions. */
    @Transactional
    public Secret open(Person person, String userAgent) {
        PersonSession.getEntityManager()
                .createNativeQuery(ENDED)
                .setParameter(1, config.sessionIdle().toSeconds())
                .executeUpdate();
        PersonSession.delete(SURPLUS, person);
        Secret secret = Secret.random("");
        PersonSession session = new PersonSession();
        session.secretHash = secret.hash();
        session.person = person;
        session.userAgent = userAgent;
        session.expiresAt = Instant.now().plus(config.sessionLife());
        session.persist();
        return secret;
    }

    /** Opens a session and ends the browser's previous one, so that planting a session beforehand is of no use. */
    @Transactional
    public Secret open(Person person, BrowserContext visitor) {
        visitor.session().ifPresent(secret -> PersonSession.delete("secretHash", secret.hash()));
        Secret session = open(person, visitor.userAgent());
        signedIn.fire(new SignedInEvent(person));
        return session;
    }

    /** Sessions that have not ended, most recently used first. */
    @Transactional
    public List<PersonSession> of(Person person) {
        Instant now = Instant.now();
        return PersonSession.list(
                "person = ?1 and expiresAt > ?2 and lastSeenAt > ?3 order by lastSeenAt desc, id desc",
                person,
                now,
                now.minus(config.sessionIdle()));
    }

    /** @return false if the person has no such session */
    @Transactional
    public boolean end(Person person, long id) {
        boolean ended = PersonSession.delete("id = ?1 and person = ?2", id, person) > 0;
        if (ended) audit.log(person.name, "account.end-session", person.name, "");
        return ended;
    }

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
    public void signOut(BrowserContext visitor) {
        visitor.session()
                .flatMap(secret -> PersonSession.of(secret, config.sessionIdle()))
                .ifPresent(session -> {
                    audit.log(session.person.name, "account.sign-out", session.person.name, "");
                    session.delete();
                });
    }
}
