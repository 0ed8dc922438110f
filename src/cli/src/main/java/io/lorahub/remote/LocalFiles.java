package io.lorahub.remote;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.lorahub.engine.lora.FileHashes;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Enumeration;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Supplier;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipException;
import java.util.zip.ZipFile;

/** The files to upload: those of a folder, or a zip. */
public final class LocalFiles {

    private static final Set<String> ADAPTER =
            Set.of("adapter_config.json", "adapter_model.safetensors", "adapter_model.bin");

    /** The files that a hub keeps of an adapter. */
    private static final Set<String> KEPT = Set.of("adapter_config.json", "adapter_model.safetensors", "readme.md");

    /** A hub reads the parts of a mix from it, and doesn't publish it. */
    private static final String RECIPE = "recipe.json";

    /** In bytes; the hub leaves out a larger one. */
    private static final long LARGEST_README = 1_000_000;

    private record Content(long size, Supplier<String> sha256, Supplier<byte[]> bytes) {}

    private interface Reading<T> {
        T of(InputStream in) throws IOException;
    }

    private final Map<String, Path> files = new TreeMap<>();
    private final String folder;
    private final boolean zip;
    private Map<String, Content> contents;

    private LocalFiles(String folder, boolean zip) {
        this.folder = folder;
        this.zip = zip;
    }

    /** @throws RemoteException if there is nothing to send */
    public static LocalFiles of(Path path) {
        boolean zip = path.toString().toLowerCase(Locale.ROOT).endsWith(".zip");
        LocalFiles files = new LocalFiles(folder(path), zip && Files.isRegularFile(path));
        try {
            if (Files.isRegularFile(path)) {
                if (!zip) {
                    throw new RemoteException(
                            "%s isn't a zip file; give the adapter's folder or a zip of it.".formatted(path));
                }
                files.files.put(path.getFileName().toString(), path);
            } else if (Files.isDirectory(path)) {
                try (Stream<Path> inside = Files.list(path)) {
                    inside.filter(Files::isRegularFile)
                            .filter(file -> !file.getFileName().toString().startsWith("."))
                            .forEach(file -> files.files.put(file.getFileName().toString(), file));
                }
            } else {
                throw new RemoteException("%s doesn't exist.".formatted(path));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        if (files.files.isEmpty()) throw new RemoteException("%s contains no files.".formatted(path));
        return files;
    }

    /** @throws RemoteException if there is neither a configuration nor weights, nor a zip that may contain them */
    public void requireAdapter() {
        boolean some = files.keySet().stream()
                .anyMatch(name -> ADAPTER.contains(name.toLowerCase(Locale.ROOT))
                        || name.toLowerCase(Locale.ROOT).endsWith(".zip"));
        if (some) return;
        throw new RemoteException(
                "There is no adapter in %s: it has neither adapter_config.json nor adapter_model.safetensors."
                        .formatted(folder()));
    }

    /** Whether a README.md is among them, or in the zip. */
    public boolean hasReadme() {
        return contents().keySet().stream().anyMatch(name -> name.equalsIgnoreCase("README.md"));
    }

    /** Without characters that the hub refuses in a path. */
    private static String folder(Path path) {
        Path last = path.toAbsolutePath().normalize().getFileName();
        return last == null ? "" : last.toString().replaceAll("[\\\\\\p{Cc}\\p{Cf}\\p{Cs}]", "-");
    }

    /** Of the folder, or of the zip without its ending; empty for the root of all folders. */
    public String folder() {
        return zip ? folder.substring(0, folder.length() - ".zip".length()) : folder;
    }

    /** The files by name, including those in a zip. Hashes are computed only if the size is the same. */
    private Map<String, Content> contents() {
        if (contents == null) {
            contents = zip ? inside(files.values().iterator().next()) : byName();
            if (!zip) {
                files.forEach((name, file) ->
                        contents.put(name, new Content(size(file), () -> FileHashes.sha256(file), () -> bytes(file))));
            }
        }
        return contents;
    }

    private static Map<String, Content> byName() {
        return new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
    }

    /** Empty if it isn't a valid zip; the hub reports why. */
    private static Map<String, Content> inside(Path path) {
        Map<String, Content> all = byName();
        try (ZipFile zip = new ZipFile(path.toFile())) {
            for (Enumeration<? extends ZipEntry> left = zip.entries(); left.hasMoreElements(); ) {
                ZipEntry entry = left.nextElement();
                String name = entry.getName().substring(entry.getName().lastIndexOf('/') + 1);
                boolean taken = KEPT.contains(name.toLowerCase(Locale.ROOT)) || name.equalsIgnoreCase(RECIPE);
                if (entry.isDirectory() || !taken) continue;
                Content content = new Content(
                        entry.getSize(),
                        () -> read(path, entry.getName(), FileHashes::sha256),
                        () -> read(path, entry.getName(), InputStream::readAllBytes));
                if (all.put(name, content) != null) return byName(); // more adapters than one
            }
        } catch (ZipException e) {
            return byName();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return all;
    }

    private static <T> T read(Path path, String entry, Reading<T> reading) {
        try (ZipFile zip = new ZipFile(path.toFile());
                InputStream in = zip.getInputStream(zip.getEntry(entry))) {
            return reading.of(in);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The text of the README, "" if there is none; empty if only the hub can tell. */
    Optional<String> readme() {
        boolean open = contents().isEmpty()
                || contents().keySet().stream()
                        .anyMatch(name -> name.toLowerCase(Locale.ROOT).endsWith(".zip"));
        if (open) return Optional.empty();
        Content readme = contents().get("README.md");
        return Optional.of(
                readme == null || !isTaken("README.md")
                        ? ""
                        : new String(readme.bytes().get(), StandardCharsets.UTF_8));
    }

    /**
     * Whether the hub has exactly these files.
     *
     * @param there each with name, size and sha256; those that the hub ignores have no sha256
     */
    boolean isWhole(JsonNode there) {
        Set<String> missing = new TreeSet<>(String.CASE_INSENSITIVE_ORDER);
        contents().keySet().stream()
                .filter(name -> KEPT.contains(name.toLowerCase(Locale.ROOT)) && isTaken(name))
                .forEach(missing::add);
        if (missing.isEmpty()) return false;
        for (JsonNode file : there) {
            String hash = file.path("sha256").asText();
            if (hash.isEmpty()) continue;
            Content here = contents().get(file.path("name").asText());
            boolean same = here != null
                    && here.size() == file.path("size").asLong()
                    && here.sha256().get().equals(hash);
            if (!same) return false;
            missing.remove(file.path("name").asText());
        }
        return missing.isEmpty();
    }

    private boolean isTaken(String name) {
        return !name.equalsIgnoreCase("README.md") || contents().get(name).size() <= LARGEST_README;
    }

    private static byte[] bytes(Path file) {
        try {
            return Files.readAllBytes(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    Path file(String name) {
        return files.entrySet().stream()
                .filter(file -> file.getKey().equalsIgnoreCase(name))
                .map(Map.Entry::getValue)
                .findFirst()
                .orElseThrow(() -> new RemoteException("The hub asks for %s, which was not offered.".formatted(name)));
    }

    ObjectNode manifest(ObjectNode manifest) {
        ArrayNode list = manifest.putArray("files");
        String before = zip || folder.isEmpty() ? "" : folder + "/";
        files.forEach(
                (name, file) -> list.addObject().put("name", before + name).put("size", size(file)));
        return manifest;
    }

    /**
     * The upload of an earlier try: with the same folder, names and sizes if files are still missing, else with the
     * same contents.
     */
    Optional<JsonNode> begun(JsonNode uploads) {
        for (JsonNode upload : uploads) {
            JsonNode there = upload.path("files");
            boolean same = upload.path("state").asText().equals("receiving")
                    ? upload.path("folder").asText().equals(folder()) && isSame(there)
                    : isWhole(there);
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

    /** The first of these whose content on the hub differs from here. */
    Optional<String> changed(JsonNode there) {
        for (JsonNode file : there) {
            String name = file.path("name").asText();
            String hash = file.path("sha256").asText();
            Path here = files.get(name);
            if (here != null && !hash.isEmpty() && !hash.equals(FileHashes.sha256(here))) return Optional.of(name);
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
