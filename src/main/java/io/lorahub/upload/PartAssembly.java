package io.lorahub.upload;

import io.lorahub.storage.ObjectStore;
import io.lorahub.storage.StagedFile;
import io.lorahub.storage.StorageException;
import jakarta.enterprise.context.ApplicationScoped;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.io.UncheckedIOException;
import java.util.Enumeration;
import java.util.Iterator;
import java.util.List;

/** Copies the parts of a file into one object, hashing it; a single part is the file already. */
@ApplicationScoped
class PartAssembly {

    private final ObjectStore store;
    private final UploadLeases turns;
    private final UploadConfig config;

    PartAssembly(ObjectStore store, UploadLeases turns, UploadConfig config) {
        this.store = store;
        this.turns = turns;
        this.config = config;
    }

    StagedFile join(List<StagedFile> parts, UploadLease turn) {
        if (parts.size() == 1) return parts.get(0);
        try (InputStream all = new SequenceInputStream(opened(parts))) {
            StagedFile whole = store.stage(
                    new CancellableBody(all, config.longest(), () -> turns.renew(turn), System::nanoTime), turn.size());
            if (!whole.complete() || whole.size() != turn.size()) {
                store.delete(whole.key());
                throw new StorageException("The parts of %s could not be read.".formatted(turn.fileName()));
            }
            return whole;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** One at a time. */
    private Enumeration<InputStream> opened(List<StagedFile> parts) {
        Iterator<StagedFile> left = parts.iterator();
        return new Enumeration<>() {
            @Override
            public boolean hasMoreElements() {
                return left.hasNext();
            }

            @Override
            public InputStream nextElement() {
                return store.open(left.next().key());
            }
        };
    }
}
