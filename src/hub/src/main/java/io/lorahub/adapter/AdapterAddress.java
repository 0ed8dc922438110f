package io.lorahub.adapter;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * An adapter on a hub: {@code publisher/name} or {@code publisher/name@version}.
 *
 * @param version its label; empty for the newest
 */
public record AdapterAddress(String publisher, String name, Optional<String> version) {

    private static final Pattern TEXT = Pattern.compile(
            "([a-z0-9][a-z0-9-]*)/([a-z0-9][a-z0-9._-]*)(?:@([a-z0-9][a-z0-9._+-]*))?", Pattern.CASE_INSENSITIVE);

    /** Empty if the text is not an address. */
    public static Optional<AdapterAddress> find(String text) {
        Matcher parts = TEXT.matcher(text);
        return parts.matches()
                ? Optional.of(new AdapterAddress(parts.group(1), parts.group(2), Optional.ofNullable(parts.group(3))))
                : Optional.empty();
    }

    /** @throws IllegalArgumentException if the text is not an address */
    public static AdapterAddress of(String text) {
        return find(text)
                .orElseThrow(() -> new IllegalArgumentException(
                        "\"%s\" isn't an adapter's name; write publisher/name or publisher/name@1.0.0."
                                .formatted(text)));
    }

    /** Path in the API of its hub. */
    public String path() {
        return "/api/v1/adapters/" + publisher + "/" + name;
    }

    @Override
    public String toString() {
        return publisher + "/" + name;
    }
}
