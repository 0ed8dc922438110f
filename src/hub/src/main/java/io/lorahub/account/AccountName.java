package io.lorahub.account;

import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/** The format of account and publisher names; the database enforces the same format. */
public final class AccountName {

    public static final int SHORTEST = 2;
    public static final int LONGEST = 39;

    private static final Pattern FORM = Pattern.compile("[a-z0-9](-?[a-z0-9])*");

    private AccountName() {}

    /** The form used for storage and comparison: Lab-A becomes lab-a. */
    public static String canonical(String typed) {
        return typed.strip().toLowerCase(Locale.ROOT);
    }

    /** Describes the error in a requested name, as a sentence; empty if the name is well formed. */
    public static Optional<String> fault(String name) {
        if (name.isEmpty()) return Optional.of("Choose a name; it is part of the addresses of your adapters.");
        if (name.length() < SHORTEST || name.length() > LONGEST) {
            return Optional.of(
                    "This name has %d characters; it needs %d to %d.".formatted(name.length(), SHORTEST, LONGEST));
        }
        if (!isWellFormed(name)) {
            return Optional.of("Use the letters a to z, digits, and single hyphens between them.");
        }
        if (ReservedNames.contains(name)) return Optional.of("The name " + name + " is reserved; choose another one.");
        return Optional.empty();
    }

    /** Whether the name has a valid format. */
    public static boolean isWellFormed(String name) {
        return name.length() >= SHORTEST
                && name.length() <= LONGEST
                && FORM.matcher(name).matches();
    }

    /** A well-formed name derived from any text, such as a user name elsewhere; empty if none can be derived. */
    public static String suggestion(String text) {
        String name = text.toLowerCase(Locale.ROOT)
                .replaceFirst("@.*", "")
                .replaceAll("[^a-z0-9]+", "-")
                .replaceAll("^-|-$", "");
        if (name.length() > LONGEST) name = name.substring(0, LONGEST).replaceAll("-$", "");
        return fault(name).isEmpty() ? name : "";
    }
}
