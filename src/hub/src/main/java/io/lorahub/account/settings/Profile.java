package io.lorahub.account.settings;

import io.lorahub.web.FieldError;
import io.lorahub.web.SingleLineText;
import java.util.ArrayList;
import java.util.List;

/** A person's details about themselves. All of them can be empty. */
public record Profile(String displayName, String email, String about) {

    static final int LONGEST_DISPLAY_NAME = 100;
    static final int LONGEST_EMAIL = 254;
    static final int LONGEST_ABOUT = 4000;

    public Profile {
        displayName = displayName == null ? "" : displayName.strip();
        email = email == null ? "" : email.strip();
        about = about == null ? "" : about.replace("\r\n", "\n").strip();
    }

    List<FieldError> faults() {
        List<FieldError> causes = new ArrayList<>();
        checkLength("display_name", displayName, LONGEST_DISPLAY_NAME, causes);
        SingleLineText.fault(displayName).ifPresent(fault -> causes.add(new FieldError("display_name", fault)));
        checkLength("email", email, LONGEST_EMAIL, causes);
        if (!email.isEmpty() && !email.matches("[^@\\s\\p{Cntrl}]+@[^@\\s\\p{Cntrl}]+")) {
            causes.add(new FieldError("email", "This isn't an e-mail address; write one such as name@example.org."));
        }
        checkLength("about", about, LONGEST_ABOUT, causes);
        if (about.indexOf('\0') >= 0)
            causes.add(new FieldError("about", "It contains a character that isn't allowed."));
        return causes;
    }

    private static void checkLength(String field, String text, int longest, List<FieldError> causes) {
        if (text.length() > longest) {
            causes.add(new FieldError(
                    field, "This has %d characters; at most %d are possible.".formatted(text.length(), longest)));
        }
    }
}
