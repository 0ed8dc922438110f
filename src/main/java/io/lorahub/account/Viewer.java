package io.lorahub.account;

import io.quarkus.security.ForbiddenException;
import io.quarkus.security.UnauthorizedException;
import io.quarkus.security.identity.SecurityIdentity;
import jakarta.enterprise.context.RequestScoped;
import jakarta.inject.Named;
import java.time.Instant;
import java.util.Optional;

/** Who is looking, for pages, endpoints and templates. */
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

    /** The account's name; empty for anonymous. */
    public String getName() {
        return isSignedIn() ? identity.getPrincipal().getName() : "";
    }

    public boolean isModerator() {
        return identity.hasRole(Role.MODERATOR.name());
    }

    public boolean isAdmin() {
        return identity.hasRole(Role.ADMIN.name());
    }

    /** The person's id. */
    public Optional<Long> id() {
        return Optional.ofNullable(identity.getAttribute(CredentialProvider.PERSON));
    }

    /** The session through which the person is signed in; empty with an access token. */
    public Optional<Long> session() {
        return Optional.ofNullable(identity.getAttribute(CredentialProvider.SESSION));
    }

    /** When the person last showed in this session who they are. */
    public Optional<Instant> authenticatedAt() {
        return Optional.ofNullable(identity.getAttribute(CredentialProvider.AUTHENTICATED));
    }

    /** What the request may do beside the person's rights; null for anonymous. */
    public AccessToken.Scope scope() {
        return identity.getAttribute(CredentialProvider.SCOPE);
    }

    public Optional<Person> person() {
        return id().flatMap(id -> Person.findByIdOptional(id));
    }

    /** @throws UnauthorizedException for anonymous: a page leads to the sign-in, the API answers 401 */
    public Person require() {
        return person().orElseThrow(() -> new UnauthorizedException("Sign in first."));
    }

    /** For what a token must not do, such as making tokens. */
    public Person requireSession() {
        Person person = require();
        if (session().isEmpty()) throw new ForbiddenException("An access token cannot do this; sign in in a browser.");
        return person;
    }
}
