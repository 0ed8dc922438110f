package io.lorahub.cli;

import io.lorahub.demo.DemoHub;
import io.lorahub.engine.EngineException;
import io.lorahub.engine.learning.BaseModelName;
import io.lorahub.engine.lora.Adapter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** Finds base models on this machine; the network is never asked. */
final class BaseModels {

    private BaseModels() {}

    /** The one that was asked for, else the one that the adapters name. */
    static Path locate(Optional<String> asked, List<Adapter> adapters) {
        return find(asked.orElseGet(() -> BaseModelName.named(adapters)));
    }

    /** A folder, the demo hub's base model, or a model in the Hugging Face cache. */
    static Path find(String name) {
        return lookUp(name)
                .orElseThrow(() -> new EngineException(
                        ("There is no base model %s: it is no folder, nor in this machine's Hugging Face cache;"
                                        + " pass its folder as --base DIR.")
                                .formatted(name)));
    }

    /** The same; empty where there is none. */
    static Optional<Path> lookUp(String name) {
        Path folder = Path.of(name);
        if (Files.isDirectory(folder)) return Optional.of(folder);
        if (name.equals(DemoHub.BASE_MODEL)) return Optional.of(DemoHub.open().base());
        return BaseModelName.find(name);
    }
}
