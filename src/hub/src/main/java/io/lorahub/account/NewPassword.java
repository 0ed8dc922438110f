package io.lorahub.account;

import io.lorahub.web.FieldError;
import java.util.ArrayList;
import java.util.List;

/**
 * A requested password, typed twice.
 *
 * @param again null for programs, which make no typing errors
 */
public record NewPassword(String text, String again) {

    public static final String FIELD = "password";
    public static final String FIELD_AGAIN = "again";

    public List<FieldError> faults(String name) {
        List<FieldError> faults = new ArrayList<>();
        Passwords.fault(text, name).ifPresent(message -> faults.add(new FieldError(FIELD, message)));
        if (again != null && !again.equals(text)) {
            faults.add(new FieldError(FIELD_AGAIN, "The passwords don't match. Type both again."));
        }
        return faults;
    }

    @Override
    public String toString() {
        return "NewPassword[…]";
    }
}
