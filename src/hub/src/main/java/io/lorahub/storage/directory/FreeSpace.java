package io.lorahub.storage.directory;

import io.lorahub.storage.object.StorageConfig;
import jakarta.enterprise.context.ApplicationScoped;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.eclipse.microprofile.config.inject.ConfigProperty;

/** Free space on the disks that the hub writes to. New work is refused before they are full. */
@ApplicationScoped
public class FreeSpace {

    /** Message for refused requests. */
    public static final String REFUSAL =
            "The hub's disk is nearly full, so nothing new can be stored. Try again later, or tell an administrator.";

    private final StorageConfig config;
    private final Optional<Path> forms;

    /** @param forms where the files of forms arrive */
    FreeSpace(
            StorageConfig config, @ConfigProperty(name = "quarkus.http.body.uploads-directory") Optional<Path> forms) {
        this.config = config;
        this.forms = forms;
    }

    /** Free space in bytes, on the disk that has least of it. */
    public long least() {
        return places().stream().mapToLong(FreeSpace::usable).min().orElseThrow();
    }

    /** Whether too little space would be left after writing this many more bytes. */
    public boolean isShort(long bytes) {
        long floor = config.freeSpace().asLongValue();
        return places().stream().anyMatch(place -> usable(place) - bytes < floor);
    }

    /** The same for bytes that go to the store and nowhere else. */
    public boolean isStoreShort(long bytes) {
        return config.kind() == StorageConfig.Kind.DIRECTORY
                && usable(existing(config.directory())) - bytes
                        < config.freeSpace().asLongValue();
    }

    /** Folders that the hub writes to: the store, if it is local, and those where forms arrive and zips are unpacked. */
    private List<Path> places() {
        List<Path> places = new ArrayList<>();
        places.add(Path.of(System.getProperty("java.io.tmpdir")));
        forms.map(FreeSpace::existing).ifPresent(places::add);
        if (config.kind() == StorageConfig.Kind.DIRECTORY) places.add(existing(config.directory()));
        return places;
    }

    /** This folder, or its nearest existing parent. */
    private static Path existing(Path folder) {
        Path path = folder.toAbsolutePath();
        while (!Files.exists(path) && path.getParent() != null) path = path.getParent();
        return path;
    }

    private static long usable(Path place) {
        try {
            return Files.getFileStore(place).getUsableSpace();
        } catch (IOException e) {
            return Long.MAX_VALUE; // the code that writes there will report the reason
        }
    }
}
