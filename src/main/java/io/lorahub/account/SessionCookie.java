package io.lorahub.account;

import jakarta.ws.rs.core.NewCookie;
import java.time.Duration;

/** The cookie by which a browser is known: not readable by scripts, not sent with other sites' forms (RFC 6265bis). */
public final class SessionCookie {

    public static final String NAME = "lorahub_session";

    private SessionCookie() {}

    static NewCookie of(Secret secret, Duration life, boolean secure) {
        return cookie(secret.text(), (int) life.toSeconds(), secure);
    }

    /** Removes it. */
    static NewCookie none(boolean secure) {
        return cookie("", 0, secure);
    }

    private static NewCookie cookie(String value, int seconds, boolean secure) {
        return new NewCookie.Builder(NAME)
                .value(value)
                .path("/")
                .maxAge(seconds)
                .httpOnly(true)
                .secure(secure)
                .sameSite(NewCookie.SameSite.LAX)
                .build();
    }
}
