package io.lorahub.composition;

import io.lorahub.account.Secret;
import io.vertx.core.http.Cookie;
import io.vertx.core.http.CookieSameSite;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import jakarta.ws.rs.core.NewCookie;
import java.time.Duration;
import java.util.HexFormat;
import java.util.Optional;

/** The cookie by which a visitor who is not signed in finds their own runs again. */
public final class VisitorCookie {

    private static final String NAME = "lorahub_visitor";

    private VisitorCookie() {}

    /** The SHA-256 of the value; nothing else of it is stored. */
    public static Optional<String> of(HttpServerRequest request) {
        Cookie cookie = request.getCookie(NAME);
        return cookie == null || cookie.getValue().length() < 40
                ? Optional.empty()
                : Optional.of(hash(new Secret(cookie.getValue())));
    }

    public static String hash(Secret secret) {
        return HexFormat.of().formatHex(secret.hash());
    }

    /** Deletes the cookie, whatever the rest of the response. */
    public static void end(HttpServerResponse response, boolean secure) {
        response.addCookie(Cookie.cookie(NAME, "")
                .setPath("/")
                .setMaxAge(0)
                .setHttpOnly(true)
                .setSecure(secure)
                .setSameSite(CookieSameSite.LAX));
    }

    public static NewCookie of(Secret secret, Duration life, boolean secure) {
        return new NewCookie.Builder(NAME)
                .value(secret.text())
                .path("/")
                .maxAge((int) life.toSeconds())
                .httpOnly(true)
                .secure(secure)
                .sameSite(NewCookie.SameSite.LAX)
                .build();
    }
}
