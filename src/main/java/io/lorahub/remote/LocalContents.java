package io.lorahub.remote;

import com.fasterxml.jackson.databind.JsonNode;
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
import java.util.zip.ZipEntry;
import java.util.zip.ZipException;
import java.util.zip.ZipFile;

/**
 * An adapter's files by their names, whether they lie in a folder or in a zip. Hashes are made only where the size is
 * the same.
 */
final class LocalContents {

    /** What a hub keeps of an adapter. */
    private static final Set<String> KEPT = Set.of("adapter_config.json", "adapter_model.safetensors", "readme.md");

    /** Of which a hub reads the parts of a mix; it publishes none. */
    private static final String RECIPE = "recipe.json";

    /** In bytes; the hub leaves out a larger one. */
    private static final long LARGEST_README = 1_000_000;

    private final Map<String, Content> contents = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);

    private record Content(long size, Supplier<String> sha256, Supplier<byte[]> bytes) {}

    private interface Reading<T> {
        T of(InputStream in) throws IOException;
    }

    private LocalContents() {}

    static LocalContents of(Map<String, Path> files) {
        LocalContents all = new LocalContents();
        files.forEach((name, file) ->
                all.contents.put(name, new Content(size(file), () -> FileHash.of(file), () -> bytes(file))));
        return all;
    }

    /** Of what is no zip, nothing: the hub will say what is wrong with it. */
    static LocalContents ofZip(Path path) {
        LocalContents all = new LocalContents();
        try (ZipFile zip = new ZipFile(path.toFile())) {
            for (Enumeration<? extends ZipEntry> left = zip.entries(); left.hasMoreElements(); ) {
                ZipEntry entry = left.nextElement();
                String name = entry.getName().substring(entry.getName().lastIndexOf('/') + 1);
                boolean taken = KEPT.contains(name.toLowerCase(Locale.ROOT)) || name.equalsIgnoreCase(RECIPE);
                if (entry.isDirectory() || !taken) continue;
                Content content = new Content(
                        entry.getSize(),
                        () -> read(path, entry.getName(), FileHash::of),
                        () -> read(path, entry.getName(), InputStream::readAllBytes));
                if (all.contents.put(name, content) != null) return new LocalContents(); // more adapters than one
            }
        } catch (ZipException e) {
            return new LocalContents();
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

    /** The text of the README, "" where there is none; empty where only the hub will see whether there is. */
    Optional<String> readme() {
        boolean open = contents.isEmpty()
                || contents.keySet().stream()
                        .anyMatch(name -> name.toLowerCase(Locale.ROOT).endsWith(".zip"));
        if (open) return Optional.empty();
        Content readme = contents.get("README.md");
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
        contents.keySet().stream()
                .filter(name -> KEPT.contains(name.toLowerCase(Locale.ROOT)) && isTaken(name))
                .forEach(missing::add);
        if (missing.isEmpty()) return false;
        for (JsonNode file : there) {
            String hash = file.path("sha256").asText();
            if (hash.isEmpty()) continue;
            Content here = contents.get(file.path("name").asText());
            boolean same = here != null
                    && here.size() == file.path("size").asLong()
                    && here.sha256().get().equals(hash);
            if (!same) return false;
            missing.remove(file.path("name").asText());
        }
        return missing.isEmpty();
    }

    private boolean isTaken(String name) {
        return !name.equalsIgnoreCase("README.md") || contents.get(name).size() <= LARGEST_README;
    }

    private static byte[] bytes(Path file) {
        try {
            return Files.readAllBytes(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static long size(Path file) {
        try {
            return Files.size(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
