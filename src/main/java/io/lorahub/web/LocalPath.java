package io.lorahub.web;

import java.net.URI;
import java.net.URISyntaxException;

/**
 * An address on this site, path and query, which is safe to send a browser to. What comes from a form or a query
 * (where to go after signing in, say) could name another site, also in ways that only browsers understand, such as
 * {@code //host}, {@code /\host} or a line break within.
 */
public record LocalPath(String text) {

    private static final LocalPath START = new LocalPath("/");

    public LocalPath {
        if (!isLocal(text)) {
            throw new IllegalArgumentException("\"" + text + "\" is no path of this site; it has to start with one /.");
        }
    }

    /** The path, or the start page where it is missing or leads elsewhere. */
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
