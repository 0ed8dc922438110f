package io.lorahub.remote;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;

/** What is to be sent: the files of a folder, or a zip. */
public final class LocalFiles {

    private final Map<String, Path> files = new TreeMap<>();

    private LocalFiles() {}

    /** @throws RemoteException if there is nothing to send */
    public static LocalFiles of(Path path) {
        LocalFiles files = new LocalFiles();
        try {
            if (Files.isRegularFile(path)) {
                if (!path.toString().toLowerCase(java.util.Locale.ROOT).endsWith(".zip")) {
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

    Path file(String name) {
        return files.entrySet().stream()
                .filter(file -> file.getKey().equalsIgnoreCase(name))
                .map(Map.Entry::getValue)
                .findFirst()
                .orElseThrow(() -> new RemoteException("The hub asks for %s, which was not offered.".formatted(name)));
    }

    ObjectNode announcement(ObjectNode announcement) {
        ArrayNode list = announcement.putArray("files");
        files.forEach((name, file) -> list.addObject().put("name", name).put("size", size(file)));
        return announcement;
    }

    /** The upload of the same names and sizes that an earlier try began. */
    Optional<JsonNode> begun(JsonNode uploads) {
        for (JsonNode upload : uploads) {
            if (upload.path("state").asText().equals("receiving") && isSame(upload.path("files"))) {
                return Optional.of(upload);
            }
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
