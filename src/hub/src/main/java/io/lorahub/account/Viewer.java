package io.lorahub.account;

import io.quarkus.security.ForbiddenException;
import io.quarkus.security.UnauthorizedException;
import io.quarkus.security.identity.SecurityIdentity;
import jakarta.enterprise.context.RequestScoped;
import jakarta.inject.Named;
import java.time.Instant;
import java.util.Optional;

/** The caller, for pages, endpoints and templates. */
@Named("viewer")
@RequestScoped
public class Viewer {

    private final SecurityIdentity identity;

    Viewer(SecurityIdentity identity) {
        this.identity = identity;
    }

    public boolean isSignedIn() {
        return !identity.isAnonymous() && id().isPresent();
    }

    /** The account's name; empty if anonymous. */
    public String getName() {
        return isSignedIn() ? identity.getPrincipal().getName() : "";
    }

    public boolean isModerator() {
        return identity.hasRole(Role.MODERATOR.name());
    }

    public boolean isAdmin() {
        return identity.hasRole(Role.ADMIN.name());
    }

    public Optional<Long> id() {
        return Optional.ofNullable(identity.getAttribute(CredentialProvider.PERSON));
    }

    /** The person's session; empty with an access token. */
    public Optional<Long> session() {
        return Optional.ofNullable(identity.getAttribute(CredentialProvider.SESSION));
    }

    /** The access token of the request; empty with a session. */
    public Optional<AccessToken> token() {
        Long id = identity.getAttribute(CredentialProvider.TOKEN);
        return id == null ? Optional.empty() : AccessToken.findByIdOptional(id);
    }

    /** When the person last authenticated in this session. */
    public Optional<Instant> authenticatedAt() {
        return Optional.ofNullable(identity.getAttribute(CredentialProvider.AUTHENTICATED));
    }

    /** Scope that limits the person's rights in this request; null if anonymous. */
    public AccessToken.Scope scope() {
        return identity.getAttribute(CredentialProvider.SCOPE);
    }

    public Optional<Person> person() {
        return id().flatMap(id -> Person.findByIdOptional(id));
    }

    /** @throws UnauthorizedException if anonymous: a page leads to the sign-in, the API answers 401 */
    public Person require() {
        return person().orElseThrow(() -> new UnauthorizedException("Sign in first."));
    }

    /** For actions that a token must not perform, such as creating tokens. */
    public Person requireSession() {
        Person person = require();
        if (session().isEmpty()) throw new ForbiddenException("An access token cannot do this; sign in in a browser.");
        return person;
    }
}
