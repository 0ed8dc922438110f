package io.lorahub.imports.model;

import io.lorahub.imports.model.BaseModelImport.ModelFile;
import io.lorahub.imports.source.ImportConfig;
import io.lorahub.storage.Blobs;
import io.lorahub.storage.HeldBlobs;
import io.lorahub.storage.object.ObjectStore;
import io.lorahub.storage.object.StagedFile;
import io.lorahub.storage.object.UnusableObjectException;
import jakarta.enterprise.context.ApplicationScoped;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.commons.io.input.BoundedInputStream;
import org.jboss.logging.Logger;

/**
 * The pieces of a large file that are in the hub's store while the rest arrives: another machine continues after the last
 * of them. The whole file replaces them.
 */
@ApplicationScoped
class StoredModelPieces {

    private static final Logger LOG = Logger.getLogger(StoredModelPieces.class);

    private final Blobs blobs;
    private final ObjectStore store;
    private final long size;

    StoredModelPieces(Blobs blobs, ObjectStore store, ImportConfig config) {
        this.blobs = blobs;
        this.store = store;
        long bytes = config.piece().asLongValue();
        // a place in the file is added to it
        this.size = bytes == 0 ? Long.MAX_VALUE / 2 : bytes;
    }

    /**
     * Bytes of a file.
     *
     * @param to exclusive
     */
    private record Piece(String file, long from, long to) {

        /** Its key among the stored files, whose names have no slash. */
        String key() {
            return "%s/%d-%d".formatted(file, from, to);
        }

        /** The stored piece that begins there; the size of pieces can have been changed. */
        static Optional<Piece> at(String file, long from, Map<String, String> stored) {
            String start = "%s/%d-".formatted(file, from);
            return stored.keySet().stream()
                    .filter(key -> key.startsWith(start))
                    .map(key -> new Piece(file, from, Long.parseLong(key.substring(start.length()))))
                    .findFirst();
        }
    }

    /** Whether a piece becomes complete as the file grows to this number of bytes. */
    boolean isDue(ModelFile file, long before, long now) {
        return now < file.size() && now / size > before / size;
    }

    /** Stores the pieces of the folder's file that are complete, except those that are in the store. */
    void saveComplete(BaseModelImport entry, ModelFile file, Path folder) {
        Map<String, String> stored = StoredModelFiles.of(entry.id);
        long here = ModelFetch.here(folder, file);
        long from = 0;
        while (true) {
            Piece piece = Piece.at(file.name(), from, stored).orElse(new Piece(file.name(), from, from + size));
            if (piece.to > here) return;
            if (!stored.containsKey(piece.key())) save(entry, piece, folder.resolve(file.name()));
            from = piece.to;
        }
    }

    private void save(BaseModelImport entry, Piece piece, Path path) {
        try (FileChannel channel = FileChannel.open(path);
                InputStream in = BoundedInputStream.builder()
                        .setInputStream(Channels.newInputStream(channel.position(piece.from)))
                        .setMaxCount(piece.to - piece.from)
                        .get()) {
            StagedFile staged = store.stage(in, Long.MAX_VALUE);
            try (HeldBlobs held = blobs.publish(List.of(staged))) {
                StoredModelFiles.change(entry.id, now -> now.stored.put(piece.key(), staged.sha256()));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Adds the stored pieces that the folder's file lacks. What follows one that the store has lost is fetched again. */
    void place(BaseModelImport entry, ModelFile file, Path folder, Map<String, String> stored) {
        long here = ModelFetch.here(folder, file);
        Optional<Piece> piece = Piece.at(file.name(), 0, stored);
        while (piece.isPresent() && (piece.get().to <= here || placed(entry, piece.get(), folder, stored))) {
            piece = Piece.at(file.name(), piece.get().to, stored);
        }
    }

    /** @return false if the store has lost it */
    private boolean placed(BaseModelImport entry, Piece piece, Path folder, Map<String, String> stored) {
        try (FileChannel channel = FileChannel.open(
                        folder.resolve(piece.file), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
                InputStream in = blobs.open(stored.get(piece.key()), piece.to - piece.from)) {
            try {
                OutputStream out =
                        Channels.newOutputStream(channel.truncate(piece.from).position(piece.from));
                in.transferTo(out);
                return true;
            } catch (UnusableObjectException e) {
                channel.truncate(piece.from);
                throw e;
            }
        } catch (UnusableObjectException e) {
            LOG.warnf("%s of the base model %s is fetched again: %s", piece.key(), entry.name, e.getMessage());
            StoredModelFiles.change(entry.id, now -> now.stored.remove(piece.key()));
            return false;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
