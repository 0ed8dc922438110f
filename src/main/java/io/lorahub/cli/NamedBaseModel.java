package io.lorahub.cli;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.lorahub.demo.DemoHub;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.StreamSupport;

/** A base model as adapters name it, such as google/flan-t5-base or the path of a folder. */
record NamedBaseModel(String name) {

    /** Whether anything says that this folder holds it; weights of the same shapes say nothing. */
    boolean isNamedBy(Path folder) {
        Path place = folder.toAbsolutePath().normalize();
        return lastWord(name).equalsIgnoreCase(lastWord(place.toString()))
                || isOfCache(place)
                || isOfDemo(place)
                || name.equalsIgnoreCase(nameInside(place));
    }

    private static String lastWord(String path) {
        String trimmed = path.replaceAll("[/\\\\]+$", "");
        return trimmed.substring(Math.max(trimmed.lastIndexOf('/'), trimmed.lastIndexOf('\\')) + 1);
    }

    /** The cache that huggingface_hub keeps. */
    private boolean isOfCache(Path place) {
        String folder = "models--" + name.replace("/", "--");
        return StreamSupport.stream(place.spliterator(), false)
                .anyMatch(part -> part.toString().equalsIgnoreCase(folder));
    }

    /** The demo hub may have been copied to anywhere. */
    private boolean isOfDemo(Path place) {
        Path weights = place.resolve("model.safetensors");
        if (!name.equals(DemoHub.BASE_MODEL) || !Files.isRegularFile(weights)) return false;
        try {
            return Files.mismatch(weights, DemoHub.open().base().resolve("model.safetensors")) < 0;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String nameInside(Path place) {
        try {
            return new ObjectMapper()
                    .readTree(place.resolve("config.json").toFile())
                    .path("_name_or_path")
                    .asText();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
