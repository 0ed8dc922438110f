package io.lorahub.remote;

import com.fasterxml.jackson.databind.JsonNode;

/** A file of a version on a hub. */
public record RemoteFile(String name, long size, String sha256) {

    /** @throws RemoteException for a name that leads out of the folder, as hubs are not trusted */
    static RemoteFile of(JsonNode file) {
        String name = file.path("name").asText();
        String sha256 = file.path("sha256").asText();
        if (!name.matches("[A-Za-z0-9_][A-Za-z0-9._-]{0,254}") || !sha256.matches("[0-9a-f]{64}")) {
            throw new RemoteException(
                    "The hub names a file that isn't allowed: \"%s\".".formatted(name.replaceAll("\\p{Cntrl}", "?")));
        }
        return new RemoteFile(name, file.path("size").asLong(), sha256);
    }
}
