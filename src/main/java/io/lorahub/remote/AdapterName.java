package io.lorahub.remote;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * An adapter on a hub: {@code publisher/name} or {@code publisher/name@version}.
 *
 * @param version its label; empty for the newest
 */
public record AdapterName(String publisher, String name, Optional<String> version) {

    private static final Pattern TEXT =
            Pattern.compile("([a-z0-9][a-z0-9-]*)/([a-z0-9][a-z0-9._-]*)(?:@([A-Za-z0-9][A-Za-z0-9._+-]*))?");

    /** @throws RemoteException if the text isn't a name */
    public static AdapterName of(String text) {
        Matcher parts = TEXT.matcher(text);
        if (parts.matches())
            return new AdapterName(parts.group(1), parts.group(2), Optional.ofNullable(parts.group(3)));
        throw new RemoteException(
                "\"%s\" isn't an adapter's name; write publisher/name or publisher/name@1.0.0.".formatted(text));
    }

    String path() {
        return "/api/v1/adapters/" + publisher + "/" + name;
    }

    @Override
    public String toString() {
        return publisher + "/" + name;
    }
}
