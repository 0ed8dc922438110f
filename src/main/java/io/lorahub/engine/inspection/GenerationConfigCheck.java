package io.lorahub.engine.inspection;

import io.lorahub.engine.lora.ConfigFile;
import io.lorahub.engine.lora.Finding;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Consumer;

/** Where there is a generation_config.json, it can be read, as every command will. */
final class GenerationConfigCheck implements ModelCheck {

    @Override
    public void check(ModelContents model, Consumer<Finding> found) {
        Path file = model.folder().resolve("generation_config.json");
        if (Files.isRegularFile(file)) ConfigFile.read(file, found);
    }
}
