package io.lorahub.web;

import java.util.Optional;
import java.util.UUID;

/** Parses ids from addresses and forms. */
public final class Uuids {

    private Uuids() {}

    /** Empty if the text is not a UUID. */
    public static Optional<UUID> parse(String text) {
        try {
            return Optional.of(UUID.fromString(text));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }
}
