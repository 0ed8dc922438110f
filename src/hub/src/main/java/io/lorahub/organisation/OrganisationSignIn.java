package io.lorahub.organisation;

import io.lorahub.account.Accounts;
import io.lorahub.account.BrowserContext;
import io.lorahub.account.Person;
import io.lorahub.account.Secret;
import io.lorahub.account.signin.Sessions;
import io.lorahub.audit.Audit;
import io.lorahub.web.ProblemException;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.transaction.Transactional;
import java.time.Instant;
import java.util.Optional;
import org.hibernate.exception.ConstraintViolationException;

/** Maps users of the provider to accounts, never by name or address: only by the choice of a person signed in here. */
@ApplicationScoped
public class OrganisationSignIn {

    private final Accounts accounts;
    private final Sessions sessions;
    private final Audit audit;

    OrganisationSignIn(Accounts accounts, Sessions sessions, Audit audit) {
        this.accounts = accounts;
        this.sessions = sessions;
        this.audit = audit;
    }

    /**
     * Opens a session if the user is linked to an account; empty if not.
     *
     * @throws ProblemException if the person is banned
     */
    @Transactional
    public Optional<Secret> signIn(Claims claims, BrowserContext visitor) {
        return OrganisationIdentity.of(claims.issuer(), claims.subject()).map(known -> {
            Person person = known.person;
            if (person.isBanned()) {
                throw ProblemException.forbidden("This account is banned. The reason given: " + person.banReason);
            }
            return open(person, visitor);
        });
    }

    /** Records that a user known to the provider was not admitted. */
    @Transactional
    public void noteRefusal(Claims claims) {
        String known = OrganisationIdentity.of(claims.issuer(), claims.subject())
                .map(identity -> identity.person.name)
                .orElse("");
        audit.log("anonymous", "account.sign-in-failed", known, "not admitted: " + claims.label());
    }

    /** Remembers the user who is signing in for a while, under the secret. */
    @Transactional
    public Secret arrive(Claims claims) {
        PendingIdentity.delete("expiresAt < ?1", Instant.now());
        Secret secret = Secret.random("");
        PendingIdentity pending = new PendingIdentity();
        pending.secretHash = secret.hash();
        pending.issuer = claims.issuer();
        pending.subject = claims.subject();
        pending.label = claims.label();
        pending.displayName = claims.displayName();
        pending.email = claims.email();
        pending.persist();
        return secret;
    }

    @Transactional
    public Optional<PendingIdentity> pending(Secret secret) {
        return PendingIdentity.of(secret);
    }

    /**
     * Creates an account for the arrived user and opens a session.
     *
     * @return empty if the pending has expired
     * @throws ProblemException if the name is not available
     */
    @Transactional
    public Optional<Secret> register(Secret secret, String name, BrowserContext visitor) {
        return PendingIdentity.of(secret).map(pending -> {
            Person person = accounts.register(name);
            person.displayName = pending.displayName;
            person.email = pending.email;
            link(person, pending);
            return open(person, visitor);
        });
    }

    /** @return false if the pending has expired */
    @Transactional
    public boolean link(Secret secret, Person person) {
        Optional<PendingIdentity> identity = PendingIdentity.of(secret);
        identity.ifPresent(pending -> link(person, pending));
        return identity.isPresent();
    }

    /**
     * @return false if the person has no such link
     * @throws ProblemException if the person could no longer sign in
     */
    @Transactional
    public boolean unlink(Person person, long id) {
        boolean last = OrganisationIdentity.count("person", person) == 1;
        if (person.passwordHash == null && last) {
            throw ProblemException.conflict("Set a password first; without it you couldn't sign in any more.");
        }
        boolean unlinked = OrganisationIdentity.delete("id = ?1 and person = ?2", id, person) > 0;
        if (unlinked) audit.log(person.name, "account.unlink-organisation", person.name, "");
        return unlinked;
    }

    private void link(Person person, PendingIdentity pending) {
        OrganisationIdentity identity = new OrganisationIdentity();
        identity.person = person;
        identity.issuer = pending.issuer;
        identity.subject = pending.subject;
        identity.label = pending.label;
        try {
            identity.persistAndFlush();
        } catch (ConstraintViolationException e) {
            throw ProblemException.conflict("This sign-in has since been linked to an account; sign in with it.");
        }
        pending.delete();
        audit.log(person.name, "account.link-organisation", person.name, pending.issuer);
    }

    private Secret open(Person person, BrowserContext visitor) {
        audit.log(person.name, "account.sign-in", person.name, "organisation");
        return sessions.open(person, visitor);
    }
}
