package io.lorahub.account;

import io.quarkus.narayana.jta.QuarkusTransaction;
import io.quarkus.security.AuthenticationFailedException;
import io.quarkus.security.identity.AuthenticationRequestContext;
import io.quarkus.security.identity.IdentityProvider;
import io.quarkus.security.identity.SecurityIdentity;
import io.quarkus.security.runtime.QuarkusPrincipal;
import io.quarkus.security.runtime.QuarkusSecurityIdentity;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/** Looks up the person of a credential in the database. */
@ApplicationScoped
public class CredentialProvider implements IdentityProvider<Credential> {

    static final String PERSON = "lorahub.person";
    static final String SESSION = "lorahub.session";
    static final String TOKEN = "lorahub.token";
    static final String SCOPE = "lorahub.scope";
    static final String AUTHENTICATED = "lorahub.authenticated";

    /** Precision of “last seen” and “last used”; not every request writes to the database. */
    private static final Duration SEEN = Duration.ofMinutes(1);

    private final AccountsConfig config;

    CredentialProvider(AccountsConfig config) {
        this.config = config;
    }

    @Override
    public Class<Credential> getRequestType() {
        return Credential.class;
    }

    /** Fails if the credential is not valid. The mechanism decides how to respond. */
    @Override
    public Uni<SecurityIdentity> authenticate(Credential credential, AuthenticationRequestContext context) {
        return context.runBlocking(() -> QuarkusTransaction.requiringNew().call(() -> {
            Optional<SecurityIdentity> identity =
                    credential.kind == Credential.Kind.TOKEN ? byToken(credential) : bySession(credential);
            return identity.orElseThrow(
                    () -> new AuthenticationFailedException("The token or session is unknown, revoked or expired."));
        }));
    }

    private Optional<SecurityIdentity> bySession(Credential credential) {
        return PersonSession.of(credential.secret, config.sessionIdle()).map(session -> {
            if (session.lastSeenAt.isBefore(Instant.now().minus(SEEN))) session.lastSeenAt = Instant.now();
            return identity(session.person, session.person.role)
                    .addAttribute(SESSION, session.id)
                    .addAttribute(AUTHENTICATED, session.authenticatedAt)
                    .addAttribute(SCOPE, AccessToken.Scope.WRITE)
                    .build();
        });
    }

    private static Optional<SecurityIdentity> byToken(Credential credential) {
        return AccessToken.of(credential.secret).map(token -> {
            if (token.lastUsedAt == null
                    || token.lastUsedAt.isBefore(Instant.now().minus(SEEN))) {
                token.lastUsedAt = Instant.now();
            }
            Role role = token.scope == AccessToken.Scope.ADMINISTER ? token.person.role : Role.MEMBER;
            return identity(token.person, role)
                    .addAttribute(TOKEN, token.id)
                    .addAttribute(SCOPE, token.scope)
                    .build();
        });
    }

    public static QuarkusSecurityIdentity.Builder identity(Person person) {
        return identity(person, person.role);
    }

    /** For work that a member asked for and that runs after the request, without the rights of a higher role. */
    static SecurityIdentity asMember(Person person) {
        return identity(person, Role.MEMBER)
                .addAttribute(SCOPE, AccessToken.Scope.WRITE)
                .build();
    }

    private static QuarkusSecurityIdentity.Builder identity(Person person, Role granted) {
        QuarkusSecurityIdentity.Builder builder = QuarkusSecurityIdentity.builder()
                .setPrincipal(new QuarkusPrincipal(person.name))
                .addAttribute(PERSON, person.id);
        for (Role role : Role.values()) {
            if (granted.includes(role)) builder.addRole(role.name());
        }
        return builder;
    }
}
