package io.lorahub.web;

import java.net.URI;
import java.net.URISyntaxException;

/**
 * A path and query on this site that is safe to redirect a browser to. A value from a form or a query (such as the page
 * to show after sign-in) could name another site, also in ways that only browsers understand, such as {@code //host},
 * {@code /\host} or a line break inside.
 */
public record LocalPath(String text) {

    private static final LocalPath START = new LocalPath("/");

    public LocalPath {
        if (!isLocal(text)) {
            throw new IllegalArgumentException(
                    "\"" + text + "\" isn't a path on this site; it has to start with a single /.");
        }
    }

    /** The path, or the start page if it is missing or leads to another site. */
    public static LocalPath orStart(String text) {
        return isLocal(text) ? new LocalPath(text) : START;
    }

    public URI uri() {
        return URI.create(text);
    }

    private static boolean isLocal(String text) {
        if (text == null || !text.startsWith("/") || text.startsWith("//") || text.indexOf('\\') >= 0) return false;
        try {
            URI uri = new URI(text);
            return uri.getScheme() == null && uri.getRawAuthority() == null;
        } catch (URISyntaxException e) {
            return false;
        }
    }
}
