package io.lorahub.account;

import io.lorahub.web.SessionCookie;
import io.quarkus.security.AuthenticationFailedException;
import io.quarkus.security.identity.IdentityProviderManager;
import io.quarkus.security.identity.SecurityIdentity;
import io.quarkus.vertx.http.runtime.security.ChallengeData;
import io.quarkus.vertx.http.runtime.security.HttpAuthenticationMechanism;
import io.smallrye.mutiny.Uni;
import io.vertx.core.MultiMap;
import io.vertx.core.http.Cookie;
import io.vertx.core.http.CookieSameSite;
import io.vertx.core.http.HttpHeaders;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * Knows a caller by the session cookie, or by an access token (RFC 6750 bearer). A token that is not in force is an
 * error, as a program has to hear of it. A session that has ended leaves the caller anonymous: the browser sends its
 * cookie with everything, the sign-in page included.
 */
@ApplicationScoped
public class SignInMechanism implements HttpAuthenticationMechanism {

    private static final String BEARER = "bearer ";

    private static final List<String> FOR_ONE = List.of("private", "no-store", "no-cache");

    private final SessionCookie cookie;

    SignInMechanism(SessionCookie cookie) {
        this.cookie = cookie;
    }

    @Override
    public Uni<SecurityIdentity> authenticate(RoutingContext context, IdentityProviderManager identities) {
        String authorization = context.request().getHeader(HttpHeaders.AUTHORIZATION);
        if (authorization != null && authorization.toLowerCase(Locale.ROOT).startsWith(BEARER)) {
            String token = authorization.substring(BEARER.length()).strip();
            return identities.authenticate(new Credential(new Secret(token), Credential.Kind.TOKEN));
        }
        // How the hub is has to be told also where nobody can be looked up.
        if (context.request().path().equals("/status")) return Uni.createFrom().nullItem();
        Optional<Secret> session = cookie.of(context.request()).map(Secret::new);
        if (session.isEmpty()) return Uni.createFrom().nullItem();
        return identities
                .authenticate(new Credential(session.get(), Credential.Kind.SESSION))
                .onFailure(AuthenticationFailedException.class)
                .recoverWithItem(ended -> {
                    dropCookie(context);
                    return null;
                });
    }

    @Override
    public Uni<ChallengeData> getChallenge(RoutingContext context) {
        return Uni.createFrom().item(new ChallengeData(401, "WWW-Authenticate", "Bearer realm=\"LoraHub\""));
    }

    /** Before OIDC, which would take our tokens for its own. */
    @Override
    public int getPriority() {
        return 3000;
    }

    /** The browser still sends the cookie of a session that is over: the answer ends it, unless it opens a session. */
    private void dropCookie(RoutingContext context) {
        context.addHeadersEndHandler(end -> {
            MultiMap headers = context.response().headers();
            if (!opensSession(headers) && !isShared(headers)) {
                headers.add(HttpHeaders.SET_COOKIE, removal());
            }
        });
    }

    private boolean opensSession(MultiMap headers) {
        return headers.getAll(HttpHeaders.SET_COOKIE).stream().anyMatch(set -> set.startsWith(cookie.name() + "="));
    }

    /** What a cache may keep for others, such as the style sheet: with the removal in it, it would sign them out. */
    private static boolean isShared(MultiMap headers) {
        String caching = headers.get(HttpHeaders.CACHE_CONTROL);
        return caching != null && FOR_ONE.stream().noneMatch(caching::contains);
    }

    /**
     * Not bound to https, where the name does not ask for it: a browser lets only a page that came by https remove a cookie
     * that is.
     */
    private String removal() {
        return Cookie.cookie(cookie.name(), "")
                .setSecure(cookie.isPrefixed())
                .setPath("/")
                .setMaxAge(0)
                .setHttpOnly(true)
                .setSameSite(CookieSameSite.LAX)
                .encode();
    }
}
