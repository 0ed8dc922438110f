package io.lorahub.web;

import io.vertx.core.http.Cookie;
import io.vertx.core.http.HttpServerRequest;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.ws.rs.core.NewCookie;
import java.net.URI;
import java.time.Duration;
import java.util.Optional;
import org.eclipse.microprofile.config.inject.ConfigProperty;

/**
 * The cookie by which a browser is known: not readable by scripts, not sent with other sites' forms, and, where the public
 * address is one of https, not to be set by other hosts of the domain (RFC 6265bis).
 */
@ApplicationScoped
public class SessionCookie {

    public static final String NAME = "lorahub_session";

    /** A browser takes it from this very host only, by https and for all paths. */
    private static final String HOST_PREFIX = "__Host-";

    private final boolean prefixed;

    SessionCookie(@ConfigProperty(name = "lorahub.public-url") Optional<URI> publicUrl) {
        prefixed = publicUrl.filter(url -> "https".equals(url.getScheme())).isPresent();
    }

    public String name() {
        return prefixed ? HOST_PREFIX + NAME : NAME;
    }

    public boolean isPrefixed() {
        return prefixed;
    }

    /** What a browser sends; empty for one that has no session. */
    public Optional<String> of(HttpServerRequest request) {
        return Optional.ofNullable(request.getCookie(name()))
                .map(Cookie::getValue)
                .filter(value -> !value.isEmpty());
    }

    public NewCookie of(String secret, Duration life, boolean secure) {
        return cookie(secret, (int) life.toSeconds(), secure);
    }

    /** Removes it. */
    public NewCookie none(boolean secure) {
        return cookie("", 0, secure);
    }

    private NewCookie cookie(String value, int seconds, boolean secure) {
        return new NewCookie.Builder(name())
                .value(value)
                .path("/")
                .maxAge(seconds)
                .httpOnly(true)
                .secure(secure)
                .sameSite(NewCookie.SameSite.LAX)
                .build();
    }
}
