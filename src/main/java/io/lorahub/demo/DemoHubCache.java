package io.lorahub.demo;

import io.lorahub.engine.EngineException;
import io.lorahub.engine.lora.AtomicFolder;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
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
            if (!entries.areIn(hub)) unpackAlone(file, entries, hub);
            return hub;
        } catch (IOException e) {
            throw new EngineException(
                    "The demo hub cannot be unpacked to %s (%s); set XDG_CACHE_HOME to a folder that can be written."
                            .formatted(folder, e.getMessage()),
                    e);
        }
    }

    private void unpackAlone(JarFile jar, DemoHubEntries entries, Path hub) throws IOException {
        Files.createDirectories(folder);
        synchronized (DemoHubCache.class) { // the file lock holds between processes only
            try (FileChannel channel = FileChannel.open(
                            folder.resolve("demo-hub.lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
                    FileLock lock = channel.lock()) {
                if (lock.isValid() && !entries.areIn(hub)) {
                    AtomicFolder.write(hub, true, part -> copy(jar, entries, part));
                }
            }
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
