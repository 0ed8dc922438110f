package io.lorahub.account;

import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/** The form of names of accounts and publishers, as the database checks it too. */
public final class AccountName {

    public static final int SHORTEST = 2;
    public static final int LONGEST = 39;

    private static final Pattern FORM = Pattern.compile("[a-z0-9](-?[a-z0-9])*");

    private AccountName() {}

    /** As it is stored and compared: Lab-A is lab-a. */
    public static String canonical(String typed) {
        return typed.strip().toLowerCase(Locale.ROOT);
    }

    /** What is wrong with a name that somebody would like to have, as a sentence; empty if it is well formed. */
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

    /** Whether somebody could have it. */
    public static boolean isWellFormed(String name) {
        return name.length() >= SHORTEST
                && name.length() <= LONGEST
                && FORM.matcher(name).matches();
    }

    /** A well-formed name made of any text, such as a user name elsewhere; empty where nothing can be made of it. */
    public static String suggestion(String text) {
        String name = text.toLowerCase(Locale.ROOT)
                .replaceFirst("@.*", "")
                .replaceAll("[^a-z0-9]+", "-")
                .replaceAll("^-|-$", "");
        if (name.length() > LONGEST) name = name.substring(0, LONGEST).replaceAll("-$", "");
        return fault(name).isEmpty() ? name : "";
    }
}
