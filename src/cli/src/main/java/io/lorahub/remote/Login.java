package io.lorahub.remote;

import java.net.URI;

/**
 * The address of a hub and the user's token.
 *
 * @param server without a slash at the end
 * @param token empty for anonymous
 */
public record Login(URI server, String token) {

    public static final URI DEFAULT_SERVER = URI.create("http://localhost:8080");

    /** @throws RemoteException if the text isn't the address of a hub */
    public static URI server(String text) {
        try {
            URI uri = URI.create(text.strip().replaceAll("/+$", ""));
            if (uri.getHost() != null && ("http".equals(uri.getScheme()) || "https".equals(uri.getScheme())))
                return uri;
        } catch (IllegalArgumentException e) {
            // thrown below
        }
        throw new RemoteException(
                "\"%s\" isn't the address of a hub; give one such as https://hub.example.org.".formatted(text));
    }

    /** @throws RemoteException if the text can't be a token */
    public static String token(String text) {
        if (text.matches("[\\x21-\\x7e]{0,500}")) return text;
        throw new RemoteException("This isn't an access token.");
    }

    /** Whether others on the network could read the token. */
    public boolean isUnencrypted() {
        return "http".equals(server.getScheme()) && !server.getHost().matches("localhost|127(\\.\\d+){3}|\\[::1]");
    }

    @Override
    public String toString() {
        return "Login[" + server + "]"; // a token does not belong in a log
    }
}
