package io.lorahub.organisation;

import io.lorahub.account.Secret;
import jakarta.ws.rs.core.NewCookie;

/** Cookie that identifies a browser between the provider's sign-in and the choice of an account. */
final class PendingIdentityCookie {

    static final String NAME = "lorahub_arrival";

    private PendingIdentityCookie() {}

    static NewCookie of(Secret secret, boolean secure) {
        return cookie(secret.text(), (int) PendingIdentity.LIFE.toSeconds(), secure);
    }

    static NewCookie none(boolean secure) {
        return cookie("", 0, secure);
    }

    private static NewCookie cookie(String value, int seconds, boolean secure) {
        return new NewCookie.Builder(NAME)
                .value(value)
                .path(OrganisationTenant.PATH)
                .maxAge(seconds)
                .httpOnly(true)
                .secure(secure)
                .sameSite(NewCookie.SameSite.LAX)
                .build();
    }
}
