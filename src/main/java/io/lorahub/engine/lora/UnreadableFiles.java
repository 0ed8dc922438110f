package io.lorahub.engine.lora;

import io.lorahub.engine.EngineException;
import io.lorahub.engine.checkpoint.AdapterFolder;
import io.lorahub.engine.checkpoint.ForeignCodeException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Says which kind of fault keeps an adapter's files from being opened. */
final class UnreadableFiles {

    private static final String AGAIN = "Save, download or upload it again.";

    private UnreadableFiles() {}

    /** @param path the folder or the zip */
    static CheckFinding finding(Path path, EngineException e) {
        if (e instanceof ForeignCodeException) {
            return CheckFinding.error("executable-content", path.toString(), e.getMessage(), "");
        }
        if (!Files.isDirectory(path)) return CheckFinding.error("unreadable", path.toString(), e.getMessage(), "");
        if (!Files.isRegularFile(path.resolve(AdapterFolder.CONFIG))) {
            return CheckFinding.error(
                    "config-missing", AdapterFolder.CONFIG, e.getMessage(), "Put it beside the weights.");
        }
        boolean weights = AdapterFolder.WEIGHTS.stream().anyMatch(w -> Files.isRegularFile(path.resolve(w)));
        return weights
                ? CheckFinding.error("weights-unreadable", path.toString(), e.getMessage(), AGAIN)
                : CheckFinding.error(
                        "weights-missing",
                        AdapterFolder.WEIGHTS.get(0),
                        e.getMessage(),
                        "Put them beside the configuration.");
    }
}
