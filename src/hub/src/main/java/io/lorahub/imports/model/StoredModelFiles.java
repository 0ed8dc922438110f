package io.lorahub.imports.model;

import io.lorahub.imports.model.BaseModelImport.ModelFile;
import io.lorahub.storage.Blobs;
import io.lorahub.storage.HeldBlobs;
import io.lorahub.storage.object.ObjectStore;
import io.lorahub.storage.object.StagedFile;
import io.lorahub.storage.object.UnusableObjectException;
import io.quarkus.narayana.jta.QuarkusTransaction;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.persistence.EntityManager;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.function.Consumer;
import org.jboss.logging.Logger;

/** The files of an import that are in the hub's store: another machine takes them from there and fetches the rest. */
@ApplicationScoped
class StoredModelFiles {

    private static final Logger LOG = Logger.getLogger(StoredModelFiles.class);

    /** Contents of base models only: the other hub could name a private file of an adapter. */
    private static final String KNOWN = """
            select b.sha256, b.size from blob b where b.sha256 in (:hashes)
            and exists (select from base_model_file f where f.sha256 = b.sha256)""";

    private final Blobs blobs;
    private final ObjectStore store;
    private final StoredModelPieces pieces;
    private final EntityManager database;

    StoredModelFiles(Blobs blobs, ObjectStore store, StoredModelPieces pieces, EntityManager database) {
        this.blobs = blobs;
        this.store = store;
        this.pieces = pieces;
        this.database = database;
    }

    /** SHA-256 by name of the files that registered base models have too, in the caller's transaction. */
    Map<String, String> known(List<ModelFile> files) {
        List<String> hashes =
                files.stream().map(ModelFile::sha256).filter(Objects::nonNull).toList();
        if (hashes.isEmpty()) return Map.of();
        Map<String, Long> sizes = new HashMap<>();
        List<Object[]> rows = database.createNativeQuery(KNOWN, Object[].class)
                .setParameter("hashes", hashes)
                .getResultList();
        for (Object[] row : rows) sizes.put((String) row[0], ((Number) row[1]).longValue());
        sizes.keySet().removeIf(sha256 -> !blobs.areUsable(List.of(sha256)));
        Map<String, String> known = new HashMap<>();
        for (ModelFile file : files) {
            if (file.sha256() != null && Objects.equals(sizes.get(file.sha256()), file.size())) {
                known.put(file.name(), file.sha256());
            }
        }
        return known;
    }

    /** SHA-256 by name, of whole files and of pieces. */
    static Map<String, String> of(UUID id) {
        return QuarkusTransaction.requiringNew()
                .call(() -> BaseModelImport.<BaseModelImport>findByIdOptional(id)
                        .map(entry -> Map.copyOf(entry.stored))
                        .orElse(Map.of()));
    }

    /** Puts the stored files into the folder where they are missing. One that the store has lost is fetched again. */
    void place(BaseModelImport entry, Path folder) {
        Map<String, String> stored = of(entry.id);
        for (ModelFile file : entry.files) {
            String sha256 = stored.get(file.name());
            if (ModelFetch.here(folder, file) == file.size() && file.size() > 0) continue;
            if (sha256 == null) {
                pieces.place(entry, file, folder, stored);
                continue;
            }
            try {
                Files.deleteIfExists(folder.resolve(file.name()));
                blobs.place(Map.of(file.name(), sha256), folder);
            } catch (UnusableObjectException e) {
                LOG.warnf("%s of the base model %s is fetched again: %s", file.name(), entry.name, e.getMessage());
                change(entry.id, now -> now.stored.remove(file.name()));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    /** Stores a complete file of the folder. This takes as long as reading it. */
    void save(BaseModelImport entry, String name, Path folder) {
        if (of(entry.id).containsKey(name)) return;
        try (InputStream in = Files.newInputStream(folder.resolve(name))) {
            StagedFile staged = store.stage(in, Long.MAX_VALUE);
            try (HeldBlobs held = blobs.publish(List.of(staged))) {
                change(entry.id, now -> {
                    now.stored.keySet().removeIf(key -> key.startsWith(name + "/")); // its pieces
                    now.stored.put(name, staged.sha256());
                });
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static void change(UUID id, Consumer<BaseModelImport> change) {
        QuarkusTransaction.requiringNew()
                .run(() -> BaseModelImport.locked(id)
                        .filter(entry -> entry.getState().isOpen())
                        .ifPresent(change));
    }
}
