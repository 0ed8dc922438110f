package io.lorahub.remote;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Fetches a base model into a folder. */
public final class ModelDownload {

    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][\\w.-]{0,95}(/[A-Za-z0-9][\\w.-]{0,95})?");

    private final HubClient hub;
    private final TransferProgress transfer;

    public ModelDownload(HubClient hub, TransferProgress transfer) {
        this.hub = hub;
        this.transfer = transfer;
    }

    /** The files of a base model that a hub offers. */
    public record Offer(String name, List<RemoteFile> files) {

        public long bytes() {
            return files.stream().mapToLong(RemoteFile::size).sum();
        }

        /** Distinguishes models of the same name. */
        public String key() {
            return files.stream()
                    .filter(file -> file.name().matches(".*\\.(safetensors|bin)"))
                    .map(file -> file.sha256().substring(0, 12))
                    .limit(3)
                    .collect(Collectors.joining("-"));
        }
    }

    /**
     * Empty if the hub has no such model, has other contents, or doesn't offer it.
     *
     * @param needed SHA-256 by name; the hub may have more files
     */
    public Optional<Offer> offer(String name, Map<String, String> needed) {
        if (!NAME.matcher(name).matches()) return Optional.empty();
        List<RemoteFile> files = new ArrayList<>();
        try {
            for (JsonNode file : hub.get(path(name)).path("downloads")) files.add(RemoteFile.of(file));
        } catch (HubErrorException e) {
            if (e.status() != 404) throw e;
        }
        Map<String, String> has = new TreeMap<>();
        files.forEach(file -> has.put(file.name(), file.sha256()));
        return files.isEmpty() || !has.entrySet().containsAll(needed.entrySet())
                ? Optional.empty()
                : Optional.of(new Offer(name, files));
    }

    /** Whether all of it is in the folder. */
    public boolean isThere(Path folder, Offer offer) {
        try {
            return FolderDownload.isThere(folder, offer.files());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** @throws RemoteException if the files don't match the hub's hashes */
    public void into(Path folder, Offer offer) {
        try {
            new FolderDownload(hub, transfer)
                    .into(
                            folder.toAbsolutePath().normalize(),
                            "model",
                            offer.files(),
                            file -> path(offer.name()) + "/files/" + HubClient.segment(file.name()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String path(String name) {
        return Arrays.stream(name.split("/"))
                .map(HubClient::segment)
                .collect(Collectors.joining("/", "/api/v1/base-models/", ""));
    }
}
