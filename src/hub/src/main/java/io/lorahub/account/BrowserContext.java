package io.lorahub.account;

import io.lorahub.web.HubCookie;
import io.lorahub.web.SessionCookie;
import io.lorahub.web.budget.RequestBudgets;
import io.quarkus.vertx.http.runtime.CurrentVertxRequest;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import jakarta.enterprise.context.RequestScoped;
import jakarta.ws.rs.core.NewCookie;
import java.net.URI;
import java.util.Optional;
import org.eclipse.microprofile.config.inject.ConfigProperty;

/** The browser that sent the request, regardless of who is signed in. */
@RequestScoped
public class BrowserContext {

    private static final int LONGEST_USER_AGENT = 300;

    private final CurrentVertxRequest current;
    private final Optional<URI> publicUrl;
    private final AccountsConfig config;
    private final SessionCookie sessionCookie;

    BrowserContext(
            CurrentVertxRequest current,
            @ConfigProperty(name = "lorahub.public-url") Optional<URI> publicUrl,
            AccountsConfig config,
            SessionCookie sessionCookie) {
        this.current = current;
        this.publicUrl = publicUrl;
        this.config = config;
        this.sessionCookie = sessionCookie;
    }

    /** Address of the sender; for IPv6, the network. */
    public String address() {
        return request().remoteAddress() == null
                ? ""
                : RequestBudgets.network(request().remoteAddress().hostAddress());
    }

    /** The User-Agent, or an empty text. */
    public String userAgent() {
        String agent = request().getHeader(HttpHeaders.USER_AGENT);
        if (agent == null) return "";
        return agent.length() > LONGEST_USER_AGENT ? agent.substring(0, LONGEST_USER_AGENT) : agent;
    }

    /** Value of a cookie. */
    public Optional<Secret> secret(HubCookie cookie) {
        return cookie.in(request()).map(Secret::new);
    }

    /** Secret of the browser's current or former session. */
    public Optional<Secret> session() {
        return secret(sessionCookie.cookie());
    }

    /** Cookie for a session that was just opened. */
    public NewCookie signedIn(Secret session) {
        return sessionCookie.cookie().of(session.text(), config.sessionLife(), isSecure());
    }

    public NewCookie signedOut() {
        return sessionCookie.cookie().removal(isSecure());
    }

    /** Whether cookies can be bound to https. A proxy in front of us can terminate TLS. */
    public boolean isSecure() {
        return "https".equals(request().scheme())
                || publicUrl.filter(url -> "https".equals(url.getScheme())).isPresent();
    }

    private HttpServerRequest request() {
        return current.getCurrent().request();
    }
}
