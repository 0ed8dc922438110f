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
 * The cookie that identifies a browser. Scripts cannot read it and forms of other sites do not send it; if the public
 * address uses https, other hosts of the domain cannot set it (RFC 6265bis).
 */
@ApplicationScoped
public class SessionCookie {

    public static final String NAME = "lorahub_session";

    /** A browser accepts such a cookie only from this exact host, over https and for all paths. */
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

    /** The cookie sent by the browser; empty if it has no session. */
    public Optional<String> of(HttpServerRequest request) {
        return Optional.ofNullable(request.getCookie(name()))
                .map(Cookie::getValue)
                .filter(value -> !value.isEmpty());
    }

    public NewCookie of(String secret, Duration life, boolean secure) {
        return cookie(secret, (int) life.toSeconds(), secure);
    }

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
