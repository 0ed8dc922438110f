package io.lorahub.composition;

import io.lorahub.account.Secret;
import io.lorahub.web.HubCookie;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import jakarta.ws.rs.core.NewCookie;
import java.time.Duration;
import java.util.HexFormat;
import java.util.Optional;

/** The cookie by which a visitor who is not signed in finds their own runs again. */
public final class VisitorCookie {

    private static final HubCookie COOKIE = new HubCookie("lorahub_visitor");

    private VisitorCookie() {}

    /** The SHA-256 of the value; nothing else of it is stored. */
    public static Optional<String> of(HttpServerRequest request) {
        return COOKIE.in(request).filter(value -> value.length() >= 40).map(value -> hash(new Secret(value)));
    }

    public static String hash(Secret secret) {
        return HexFormat.of().formatHex(secret.hash());
    }

    /** Deletes the cookie, whatever the rest of the response. */
    public static void end(HttpServerResponse response, boolean secure) {
        COOKIE.remove(response, secure);
    }

    public static NewCookie of(Secret secret, Duration life, boolean secure) {
        return COOKIE.of(secret.text(), life, secure);
    }
}
