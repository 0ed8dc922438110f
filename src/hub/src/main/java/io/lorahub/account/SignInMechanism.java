package io.lorahub.account;

import io.lorahub.web.ApiPath;
import io.lorahub.web.CachePolicy;
import io.lorahub.web.SessionCookie;
import io.lorahub.web.guard.HostCheck;
import io.quarkus.security.AuthenticationFailedException;
import io.quarkus.security.identity.IdentityProviderManager;
import io.quarkus.security.identity.SecurityIdentity;
import io.quarkus.vertx.http.runtime.security.ChallengeData;
import io.quarkus.vertx.http.runtime.security.HttpAuthenticationMechanism;
import io.smallrye.mutiny.Uni;
import io.vertx.core.MultiMap;
import io.vertx.core.http.HttpHeaders;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.Locale;
import java.util.Optional;

/**
 * Identifies a caller by the session cookie or by an access token (RFC 6750 bearer). An invalid token is an error,
 * because the program must be notified. An ended session makes the caller anonymous, because the browser sends its
 * cookie with every request, even for the sign-in page.
 */
@ApplicationScoped
public class SignInMechanism implements HttpAuthenticationMechanism {

    private static final String BEARER = "bearer ";

    /** What clients of OpenAI's API send for visitors, because many of them can't do without a key. */
    private static final String NO_TOKEN = "none";

    private final SessionCookie cookie;

    SignInMechanism(SessionCookie cookie) {
        this.cookie = cookie;
    }

    /** Health must be available even if callers cannot be looked up; those that can may see more of it. */
    @Override
    public Uni<SecurityIdentity> authenticate(RoutingContext context, IdentityProviderManager identities) {
        Uni<SecurityIdentity> caller = caller(context, identities);
        return HostCheck.isForMonitoring(context) ? caller.onFailure().recoverWithNull() : caller;
    }

    private Uni<SecurityIdentity> caller(RoutingContext context, IdentityProviderManager identities) {
        String authorization = context.request().getHeader(HttpHeaders.AUTHORIZATION);
        if (authorization != null && authorization.toLowerCase(Locale.ROOT).startsWith(BEARER)) {
            String token = authorization.substring(BEARER.length()).strip();
            if (token.equals(NO_TOKEN) && ApiPath.isOfOpenAi(context.request().path())) {
                return Uni.createFrom().nullItem();
            }
            return identities.authenticate(new Credential(new Secret(token), Credential.Kind.TOKEN));
        }
        // The status must be available even if callers cannot be looked up.
        if (context.request().path().equals("/status")) return Uni.createFrom().nullItem();
        Optional<Secret> session = cookie.cookie().in(context.request()).map(Secret::new);
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

    /** Before OIDC, which would treat our tokens as its own. */
    @Override
    public int getPriority() {
        return 3000;
    }

    /**
     * Removes the cookie of an ended session from the browser, unless the answer opens a new session or a shared cache
     * can store it, such as the style sheet: removing the cookie there would sign other people out.
     */
    private void dropCookie(RoutingContext context) {
        context.addHeadersEndHandler(end -> {
            MultiMap headers = context.response().headers();
            if (!opensSession(headers) && !CachePolicy.isShared(headers.get(HttpHeaders.CACHE_CONTROL))) {
                headers.add(HttpHeaders.SET_COOKIE, cookie.removalHeader());
            }
        });
    }

    private boolean opensSession(MultiMap headers) {
        return headers.getAll(HttpHeaders.SET_COOKIE).stream()
                .anyMatch(set -> set.startsWith(cookie.cookie().name() + "="));
    }
}
