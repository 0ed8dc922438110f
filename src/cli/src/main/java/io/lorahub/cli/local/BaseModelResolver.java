package io.lorahub.cli.local;

import io.lorahub.demo.DemoHub;
import io.lorahub.engine.error.EngineException;
import io.lorahub.engine.learning.export.BaseModelName;
import io.lorahub.engine.lora.LoraAdapter;
import io.lorahub.engine.lora.config.BaseModelTwins;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** Finds base models on this machine, without network access. */
public final class BaseModelResolver {

    private BaseModelResolver() {}

    /** The given one, else the one that the adapters name. */
    static Path locate(Optional<String> asked, List<LoraAdapter> adapters) {
        if (asked.isPresent()) return find(asked.get());
        return find(BaseModelName.named(adapters), BaseModelName.revision(adapters));
    }

    /** A folder, the demo hub's base model, or a model in the Hugging Face cache. */
    public static Path find(String name) {
        return find(name, BaseModelName.MAIN);
    }

    private static Path find(String name, String revision) {
        return find("base model", name, revision, "--base");
    }

    /** A fine-tuned model, which is found like a base model. */
    public static Path findModel(String name) {
        return find("model", name, BaseModelName.MAIN, "--model");
    }

    private static Path find(String what, String name, String revision, String option) {
        return lookUp(name, revision)
                .orElseThrow(() -> new EngineException(
                        ("There is no %s %s%s: it is neither a folder nor in this machine's Hugging Face cache;"
                                        + " give %s folder with %s DIR.")
                                .formatted(
                                        what,
                                        name,
                                        BaseModelName.words(revision),
                                        BaseModelTwins.isQuantized(name) ? "the unquantised model's" : "its",
                                        option)));
    }

    /** The same; empty if there is none. */
    public static Optional<Path> lookUp(String name) {
        return lookUp(name, BaseModelName.MAIN);
    }

    private static Optional<Path> lookUp(String name, String revision) {
        if (name.indexOf('\0') >= 0) return Optional.empty(); // a file may give a name that can't be a path
        Path folder = Path.of(name);
        if (Files.isDirectory(folder)) return Optional.of(folder);
        if (name.equals(DemoHub.BASE_MODEL)) return Optional.of(DemoHub.open().base());
        return BaseModelName.find(name, revision);
    }
}
