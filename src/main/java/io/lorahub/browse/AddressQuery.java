package io.lorahub.browse;

import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The address of an adapter, typed or pasted into the search field: {@code demo/un}, with or without the site. */
record AddressQuery(String publisher, String name) {

    private static final Pattern ADDRESS = Pattern.compile(
            "(?:https?://[^/\\s]+)?/?([a-z0-9][a-z0-9-]*)/([a-z0-9][a-z0-9._-]*?)/?(?:[@/?#]\\S*)?",
            Pattern.CASE_INSENSITIVE);

    /** Empty for what is none; a base model's name looks like one, too. */
    static Optional<AddressQuery> of(String typed) {
        Matcher address = ADDRESS.matcher(typed);
        return address.matches()
                ? Optional.of(new AddressQuery(lower(address.group(1)), lower(address.group(2))))
                : Optional.empty();
    }

    private static String lower(String text) {
        return text.toLowerCase(Locale.ROOT);
    }
}
