package io.lorahub.engine.learning;

import io.lorahub.engine.EngineException;
import io.lorahub.engine.lora.LoraAdapter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Finds on this machine the base model that adapters name. Nothing is downloaded. */
public final class BaseModelName {

    /** The branch that huggingface_hub takes where none is named. */
    public static final String MAIN = "main";

    /** Nothing that leads out of the cache. */
    private static final Pattern REVISION = Pattern.compile("(?!.*\\.\\.)[\\w.-]+(/[\\w.-]+)*");

    private BaseModelName() {}

    /** The folder of the one base model that all adapters name. Throws EngineException when that cannot be found. */
    public static Path folder(List<LoraAdapter> adapters) {
        String name = named(adapters);
        return find(name, revision(adapters))
                .orElseThrow(() -> new EngineException(
                        "The adapters name the base model \"%s\"%s, which is neither a folder here nor in the Hugging Face cache; give its folder."
                                .formatted(name, words(revision(adapters)))));
    }

    /** Of a revision in a sentence; nothing where it is the usual one. */
    public static String words(String revision) {
        return revision.equals(MAIN) ? "" : " in the revision \"%s\"".formatted(revision);
    }

    /** The name that all adapters agree on. */
    public static String named(List<LoraAdapter> adapters) {
        List<String> names = adapters.stream()
                .flatMap(a -> a.config().baseModel().stream())
                .distinct()
                .toList();
        if (names.isEmpty()) {
            throw new EngineException("The adapters do not name their base model; give its folder.");
        }
        if (names.size() > 1) {
            throw new EngineException("The adapters name different base models (%s); give the folder of the right one."
                    .formatted(String.join(", ", names)));
        }
        return names.get(0);
    }

    /** The revision that all adapters agree on; {@value #MAIN} where they say nothing. */
    public static String revision(List<LoraAdapter> adapters) {
        List<String> revisions = adapters.stream()
                .map(a -> a.config().json().path("revision").asText(""))
                .map(revision -> revision.isBlank() || revision.equals("null") ? MAIN : revision)
                .distinct()
                .toList();
        if (revisions.size() > 1) {
            throw new EngineException(
                    "The adapters name different revisions of the base model (%s); give the folder of the right one."
                            .formatted(String.join(", ", revisions)));
        }
        return revisions.isEmpty() ? MAIN : revisions.get(0);
    }

    /** A folder of that name, or that revision in the cache that huggingface_hub keeps. */
    public static Optional<Path> find(String name, String revision) {
        if (name.indexOf('\0') >= 0) return Optional.empty();
        Path folder = Path.of(name);
        if (Files.isRegularFile(folder.resolve("config.json"))) {
            return Optional.of(folder);
        }
        return snapshot(cache().resolve("models--" + name.replace("/", "--")), revision);
    }

    /** huggingface_hub keeps the commit of a branch or a tag in refs, and its files in a folder of the commit's name. */
    static Optional<Path> snapshot(Path model, String revision) {
        Path snapshots = model.resolve("snapshots");
        if (!Files.isDirectory(snapshots) || !REVISION.matcher(revision).matches()) {
            return Optional.empty();
        }
        try {
            Path ref = model.resolve("refs").resolve(revision);
            String commit = Files.isRegularFile(ref) ? Files.readString(ref).strip() : revision;
            Path named = snapshots.resolve(commit);
            if (Files.isRegularFile(named.resolve("config.json"))) return Optional.of(named);
            return revision.equals(MAIN) ? newest(snapshots) : Optional.empty();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Optional<Path> newest(Path snapshots) throws IOException {
        try (Stream<Path> found = Files.list(snapshots)) {
            return found.filter(p -> Files.isRegularFile(p.resolve("config.json")))
                    .max(Comparator.comparingLong(p -> p.toFile().lastModified()));
        }
    }

    private static Path cache() {
        return set("HF_HUB_CACHE")
                .or(() -> set("HF_HOME").map(home -> home.resolve("hub")))
                .or(() -> set("XDG_CACHE_HOME").map(cache -> cache.resolve("huggingface/hub")))
                .orElseGet(() -> Path.of(System.getProperty("user.home"), ".cache", "huggingface", "hub"));
    }

    private static Optional<Path> set(String variable) {
        return Optional.ofNullable(System.getenv(variable))
                .filter(value -> !value.isBlank())
                .map(Path::of);
    }
}
