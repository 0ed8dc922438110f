package io.lorahub.organisation;

import io.lorahub.web.SingleLineText;
import java.util.Objects;
import org.eclipse.microprofile.jwt.JsonWebToken;

/**
 * A user's claims from the provider (OpenID Connect Core, 5.1). Only issuer and subject identify a user; e-mail
 * addresses and names can be reassigned.
 *
 * @param label the user's name at the provider
 * @param email null if not provided
 */
record Claims(String issuer, String subject, String label, String displayName, String email) {

    private static final int LONGEST_LABEL = 254;
    private static final int LONGEST_DISPLAY_NAME = 100;
    private static final int LONGEST_EMAIL = 254;

    static Claims of(JsonWebToken idToken) {
        String email = idToken.getClaim("email");
        String userName = idToken.getClaim("preferred_username");
        String label = userName != null ? userName : Objects.requireNonNullElse(email, idToken.getSubject());
        String displayName = Objects.requireNonNullElse(idToken.<String>getClaim("name"), "");
        return new Claims(
                idToken.getIssuer(),
                idToken.getSubject(),
                cut(label, LONGEST_LABEL),
                cut(displayName, LONGEST_DISPLAY_NAME),
                email == null || email.length() > LONGEST_EMAIL ? null : email);
    }

    private static String cut(String text, int longest) {
        String line = SingleLineText.of(text);
        return line.length() > longest ? line.substring(0, longest) : line;
    }
}
