package io.lorahub.remote;

import com.fasterxml.jackson.databind.JsonNode;
import io.lorahub.adapter.AdapterAddress;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** Fetches one version of an adapter into a folder. */
public final class AdapterDownload {

    private static final String README = "README.md";

    private final HubClient hub;
    private final TransferProgress transfer;

    public AdapterDownload(HubClient hub, TransferProgress transfer) {
        this.hub = hub;
        this.transfer = transfer;
    }

    /** @param fetched bytes that came now */
    public record Result(String adapter, String version, Path folder, List<RemoteFile> files, long fetched) {}

    /** @throws RemoteException if there is no such version, or if the files don't match the hub's hashes */
    public Result into(Path folder, AdapterAddress address) {
        JsonNode version = version(address);
        String label = version.path("label").asText();
        Optional<byte[]> card = card(address, label);
        List<RemoteFile> files = files(version).stream()
                .filter(file -> card.isEmpty() || !file.name().equals(README))
                .toList();
        Path target = folder.toAbsolutePath().normalize();
        try {
            String at = address.path() + "/versions/" + HubClient.segment(label) + "/files/";
            long fetched = new FolderDownload(hub, transfer)
                    .into(
                            target,
                            "%s-%s-%s".formatted(address.publisher(), address.name(), label),
                            files,
                            file -> at + HubClient.segment(file.name()));
            Path readme = target.resolve(README);
            if (card.isPresent() && (fetched > 0 || Files.notExists(readme))) Files.write(readme, card.get());
            return new Result(address.toString(), label, folder, files, fetched);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * The version of an adapter that has just these files, whatever its label is now.
     *
     * @param sha256 by name
     * @throws RemoteException if there is no such adapter
     */
    public Optional<AdapterAddress> version(AdapterAddress address, Map<String, String> sha256) {
        for (JsonNode version : adapter(address).path("versions")) {
            Map<String, String> has = new TreeMap<>();
            version.path("files")
                    .forEach(file -> has.put(
                            file.path("name").asText(), file.path("sha256").asText()));
            if (has.entrySet().containsAll(sha256.entrySet())) {
                return Optional.of(new AdapterAddress(
                        address.publisher(),
                        address.name(),
                        Optional.of(version.path("label").asText())));
            }
        }
        return Optional.empty();
    }

    /** The README as the hub serves it to Hugging Face clients, so that card and licence travel along; empty if it has none. */
    private Optional<byte[]> card(AdapterAddress address, String label) {
        String path = "/%s/%s/resolve/%s/%s"
                .formatted(
                        HubClient.segment(address.publisher()),
                        HubClient.segment(address.name()),
                        HubClient.segment(label),
                        README);
        HttpResponse<byte[]> answer =
                hub.send(hub.request(path).timeout(HubClient.ANSWER).GET(), BodyHandlers.ofByteArray());
        return answer.statusCode() == 200 ? Optional.of(answer.body()) : Optional.empty();
    }

    private JsonNode version(AdapterAddress address) {
        JsonNode versions = adapter(address).path("versions");
        List<String> labels = new ArrayList<>();
        for (JsonNode version : versions) {
            String label = version.path("label").asText();
            if (address.version().isEmpty() || address.version().get().equals(label)) return version;
            labels.add(label);
        }
        throw new RemoteException(
                labels.isEmpty()
                        ? "%s has no version yet.".formatted(address)
                        : "%s has no version %s; it has %s."
                                .formatted(address, address.version().orElse(""), String.join(", ", labels)));
    }

    private JsonNode adapter(AdapterAddress address) {
        try {
            return hub.get(address.path());
        } catch (HubErrorException e) {
            if (e.status() != 404) throw e;
            throw new RemoteException(
                    "There is no adapter %s at %s, or you can't see it.%s".formatted(address, hub.server(), hub.hint()),
                    e);
        }
    }

    private static List<RemoteFile> files(JsonNode version) {
        List<RemoteFile> files = new ArrayList<>();
        for (JsonNode file : version.path("files")) files.add(RemoteFile.of(file));
        if (files.isEmpty()) throw new RemoteException("This version has no files.");
        return files;
    }
}
