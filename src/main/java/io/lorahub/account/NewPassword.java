package io.lorahub.account;

import io.lorahub.web.FieldError;
import java.util.Optional;

/**
 * A requested password, typed twice.
 *
 * @param again null for programs, which make no typing errors
 */
public record NewPassword(String text, String again) {

    public static final String FIELD = "password";
    public static final String FIELD_AGAIN = "again";

    public Optional<FieldError> fault(String name) {
        Optional<FieldError> bad = Passwords.fault(text, name).map(message -> new FieldError(FIELD, message));
        if (bad.isPresent()) return bad;
        return again == null || again.equals(text)
                ? Optional.empty()
                : Optional.of(new FieldError(FIELD_AGAIN, "The passwords don't match. Type both again."));
    }

    @Override
    public String toString() {
        return "NewPassword[…]";
    }
}
