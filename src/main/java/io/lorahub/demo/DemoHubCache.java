package io.lorahub.demo;

import io.lorahub.engine.EngineException;
import io.lorahub.xdg.UnpackedFolder;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.jar.JarFile;

/**
 * Demo hubs that were unpacked from jars, each in a folder named by what it holds. A folder appears whole; a lock keeps
 * two processes from unpacking at once, and what was damaged later is unpacked again.
 */
final class DemoHubCache {

    private final Path folder;

    DemoHubCache(Path folder) {
        this.folder = folder;
    }

    Path unpacked(Path jar) {
        try (JarFile file = new JarFile(jar.toFile())) {
            DemoHubEntries entries = DemoHubEntries.in(file);
            Path hub = folder.resolve("demo-hub-" + entries.digest());
            UnpackedFolder.fill(hub, "demo-hub.lock", entries::areIn, part -> copy(file, entries, part));
            return hub;
        } catch (IOException e) {
            throw new EngineException(
                    "The demo hub cannot be unpacked to %s (%s); set XDG_CACHE_HOME to a folder that can be written."
                            .formatted(folder, e.getMessage()),
                    e);
        }
    }

    private static void copy(JarFile jar, DemoHubEntries entries, Path target) throws IOException {
        for (DemoHubEntries.Item item : entries.items()) {
            Path file = target.resolve(item.path());
            Files.createDirectories(file.getParent());
            try (InputStream in = jar.getInputStream(jar.getJarEntry(item.entry()))) {
                Files.copy(in, file);
            }
        }
    }
}
