package io.lorahub.engine.learning.export;

import io.lorahub.engine.error.EngineException;
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

/** Finds the base model named by adapters on this machine. Never downloads anything. */
public final class BaseModelName {

    /** The branch that huggingface_hub uses by default. */
    public static final String MAIN = "main";

    /** Rejects revisions that would lead out of the cache. */
    private static final Pattern REVISION = Pattern.compile("(?!.*\\.\\.)[\\w.-]+(/[\\w.-]+)*");

    private BaseModelName() {}

    /** Returns the folder of the base model that all adapters name. Throws EngineException if it cannot be found. */
    public static Path folder(List<LoraAdapter> adapters) {
        String name = named(adapters);
        return find(name, revision(adapters))
                .orElseThrow(() -> new EngineException(
                        "The adapters name the base model \"%s\"%s, which is neither a folder here nor in the Hugging Face cache; give its folder."
                                .formatted(name, words(revision(adapters)))));
    }

    /** Formats a revision for a sentence; empty for the default revision. */
    public static String words(String revision) {
        return revision.equals(MAIN) ? "" : " in revision \"%s\"".formatted(revision);
    }

    /** Returns the base model name that all adapters agree on. */
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

    /** Returns the revision that all adapters agree on, or {@value #MAIN} if they name no revision. */
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

    /** Finds a folder of that name, or that revision in the cache of huggingface_hub. */
    public static Optional<Path> find(String name, String revision) {
        if (name.indexOf('\0') >= 0) return Optional.empty();
        Path folder = Path.of(name);
        if (Files.isRegularFile(folder.resolve("config.json"))) return Optional.of(folder);
        return snapshot(cache().resolve("models--" + name.replace("/", "--")), revision);
    }

    /**
     * Finds the files of a revision. huggingface_hub stores the commit of a branch or tag in refs, and the files in a
     * folder named after the commit.
     */
    static Optional<Path> snapshot(Path model, String revision) {
        Path snapshots = model.resolve("snapshots");
        if (!Files.isDirectory(snapshots) || !REVISION.matcher(revision).matches()) return Optional.empty();
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
        try (Stream<Path> entries = Files.list(snapshots)) {
            return entries.filter(p -> Files.isRegularFile(p.resolve("config.json")))
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
