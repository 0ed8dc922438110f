package io.lorahub.remote;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;

/** What is to be sent: the files of a folder, or a zip. */
public final class LocalFiles {

    private final Map<String, Path> files = new TreeMap<>();
    private final String folder;
    private final boolean zip;

    private LocalFiles(String folder, boolean zip) {
        this.folder = folder;
        this.zip = zip;
    }

    private static final Set<String> ADAPTER =
            Set.of("adapter_config.json", "adapter_model.safetensors", "adapter_model.bin");

    /** @throws RemoteException if there is nothing to send */
    public static LocalFiles of(Path path) {
        boolean zip = path.toString().toLowerCase(Locale.ROOT).endsWith(".zip");
        LocalFiles files = new LocalFiles(folder(path), zip && Files.isRegularFile(path));
        try {
            if (Files.isRegularFile(path)) {
                if (!zip) {
                    throw new RemoteException(
                            "%s is no zip; give the adapter's folder or a zip of it.".formatted(path));
                }
                files.files.put(path.getFileName().toString(), path);
            } else if (Files.isDirectory(path)) {
                try (Stream<Path> inside = Files.list(path)) {
                    inside.filter(Files::isRegularFile)
                            .filter(file -> !file.getFileName().toString().startsWith("."))
                            .forEach(file -> files.files.put(file.getFileName().toString(), file));
                }
            } else {
                throw new RemoteException("There is no %s.".formatted(path));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        if (files.files.isEmpty()) throw new RemoteException("%s holds no files.".formatted(path));
        return files;
    }

    /** @throws RemoteException where neither a configuration nor weights are there, nor a zip that may hold them */
    public void requireAdapter() {
        boolean some = files.keySet().stream()
                .anyMatch(name -> ADAPTER.contains(name.toLowerCase(Locale.ROOT))
                        || name.toLowerCase(Locale.ROOT).endsWith(".zip"));
        if (some) return;
        throw new RemoteException(
                "There is no adapter in %s: it holds neither adapter_config.json nor adapter_model.safetensors."
                        .formatted(folder()));
    }

    /** Without what the hub would not take in a path. */
    private static String folder(Path path) {
        Path last = path.toAbsolutePath().normalize().getFileName();
        return last == null ? "" : last.toString().replaceAll("[\\\\\\p{Cc}\\p{Cf}\\p{Cs}]", "-");
    }

    /** Of the folder, or of the zip without its ending; empty for the root of all folders. */
    public String folder() {
        return zip ? folder.substring(0, folder.length() - ".zip".length()) : folder;
    }

    /** What the adapter's files hold. */
    LocalContents contents() {
        return zip ? LocalContents.ofZip(files.values().iterator().next()) : LocalContents.of(files);
    }

    Path file(String name) {
        return files.entrySet().stream()
                .filter(file -> file.getKey().equalsIgnoreCase(name))
                .map(Map.Entry::getValue)
                .findFirst()
                .orElseThrow(() -> new RemoteException("The hub asks for %s, which was not offered.".formatted(name)));
    }

    ObjectNode announcement(ObjectNode announcement) {
        ArrayNode list = announcement.putArray("files");
        String before = zip || folder.isEmpty() ? "" : folder + "/";
        files.forEach(
                (name, file) -> list.addObject().put("name", before + name).put("size", size(file)));
        return announcement;
    }

    /**
     * The upload that an earlier try began: of the same folder, names and sizes where files are still to come, else of
     * the same contents.
     */
    Optional<JsonNode> begun(JsonNode uploads) {
        for (JsonNode upload : uploads) {
            JsonNode there = upload.path("files");
            boolean same = upload.path("state").asText().equals("receiving")
                    ? upload.path("folder").asText().equals(folder()) && isSame(there)
                    : contents().isWhole(there);
            if (same) return Optional.of(upload);
        }
        return Optional.empty();
    }

    private boolean isSame(JsonNode there) {
        Map<String, Long> sizes = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
        files.forEach((name, file) -> sizes.put(name, size(file)));
        for (JsonNode file : there) {
            Long size = sizes.remove(file.path("name").asText());
            if (size == null || size != file.path("size").asLong()) return false;
        }
        return sizes.isEmpty();
    }

    /** The first of these that came with another content than it has here. */
    Optional<String> changed(JsonNode there) {
        for (JsonNode file : there) {
            String name = file.path("name").asText();
            String hash = file.path("sha256").asText();
            Path here = files.get(name);
            if (here != null && !hash.isEmpty() && !hash.equals(FileHash.of(here))) return Optional.of(name);
        }
        return Optional.empty();
    }

    private static long size(Path file) {
        try {
            return Files.size(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
