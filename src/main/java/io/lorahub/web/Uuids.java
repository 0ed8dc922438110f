package io.lorahub.web;

import java.util.Optional;
import java.util.UUID;

/** Ids as they come in addresses and forms. */
public final class Uuids {

    private Uuids() {}

    /** Empty for what is no UUID. */
    public static Optional<UUID> parse(String text) {
        try {
            return Optional.of(UUID.fromString(text));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }
}
