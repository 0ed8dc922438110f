package io.lorahub.web;

import io.vertx.core.http.Cookie;
import io.vertx.core.http.CookieSameSite;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import jakarta.ws.rs.core.NewCookie;
import java.time.Duration;
import java.util.Optional;

/**
 * A cookie that the hub sets, reads and removes. Forms of other sites do not send it.
 *
 * @param path below which browsers send it
 * @param httpOnly whether scripts cannot read it
 */
public record HubCookie(String name, String path, boolean httpOnly) {

    /** A cookie for all paths that scripts cannot read. */
    public HubCookie(String name) {
        this(name, "/");
    }

    /** A cookie that scripts cannot read. */
    public HubCookie(String name, String path) {
        this(name, path, true);
    }

    /** The value that the browser sent; empty if it sent none. */
    public Optional<String> in(HttpServerRequest request) {
        return Optional.ofNullable(request.getCookie(name))
                .map(Cookie::getValue)
                .filter(value -> !value.isEmpty());
    }

    /** @param secure whether browsers send it over https only */
    public NewCookie of(String value, Duration life, boolean secure) {
        return new NewCookie.Builder(name)
                .value(value)
                .path(path)
                .maxAge((int) life.toSeconds())
                .httpOnly(httpOnly)
                .secure(secure)
                .sameSite(NewCookie.SameSite.LAX)
                .build();
    }

    /** Removes it as part of a response. */
    public NewCookie removal(boolean secure) {
        return of("", Duration.ZERO, secure);
    }

    /** Removes it, whatever the rest of the response. */
    public void remove(HttpServerResponse response, boolean secure) {
        response.addCookie(removed(secure));
    }

    /** The value of a header Set-Cookie that removes it. */
    public String removalHeader(boolean secure) {
        return removed(secure).encode();
    }

    private Cookie removed(boolean secure) {
        return Cookie.cookie(name, "")
                .setPath(path)
                .setMaxAge(0)
                .setHttpOnly(httpOnly)
                .setSecure(secure)
                .setSameSite(CookieSameSite.LAX);
    }
}
