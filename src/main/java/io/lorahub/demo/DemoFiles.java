package io.lorahub.demo;

import io.lorahub.storage.Blobs;
import io.lorahub.storage.HeldBlobs;
import io.lorahub.storage.ObjectStore;
import io.lorahub.storage.StagedFile;
import jakarta.enterprise.context.ApplicationScoped;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Puts the demo hub's files into the store. */
@ApplicationScoped
class DemoFiles {

    private final ObjectStore store;
    private final Blobs blobs;

    DemoFiles(ObjectStore store, Blobs blobs) {
        this.store = store;
        this.blobs = blobs;
    }

    /**
     * SHA-256 by file name: of the base model, and of each adapter by its name.
     *
     * @param held until rows refer to them
     */
    record Kept(Map<String, String> base, Map<String, Map<String, String>> adapters, HeldBlobs held)
            implements AutoCloseable {

        @Override
        public void close() {
            held.close();
        }
    }

    private record Sent(String owner, String name, StagedFile staged) {}

    /** Before the transaction that refers to them. */
    Kept publish(DemoHub hub) {
        List<Path> folders = new ArrayList<>(List.of(hub.base()));
        hub.adapters().forEach(a -> folders.add(hub.adaptersFolder().resolve(a.name())));
        List<Sent> sent = folders.parallelStream().flatMap(this::stage).toList();
        HeldBlobs held = blobs.publish(sent.stream().map(Sent::staged).toList());
        Map<String, Map<String, String>> kept = sent.stream()
                .collect(Collectors.groupingBy(
                        Sent::owner, Collectors.toMap(Sent::name, s -> s.staged.sha256(), (a, b) -> a, TreeMap::new)));
        return new Kept(kept.remove(hub.base().getFileName().toString()), kept, held);
    }

    private Stream<Sent> stage(Path folder) {
        try (Stream<Path> files = Files.list(folder)) {
            return files
                    .filter(Files::isRegularFile)
                    .map(f -> new Sent(
                            folder.getFileName().toString(), f.getFileName().toString(), stageFile(f)))
                    .toList()
                    .stream();
        } catch (IOException e) {
            throw new UncheckedIOException("The demo hub's folder %s cannot be read.".formatted(folder), e);
        }
    }

    private StagedFile stageFile(Path file) {
        try (InputStream in = Files.newInputStream(file)) {
            return store.stage(in, Files.size(file));
        } catch (IOException e) {
            throw new UncheckedIOException("The demo hub's file %s cannot be read.".formatted(file), e);
        }
    }
}
