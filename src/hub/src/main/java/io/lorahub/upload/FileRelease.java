package io.lorahub.upload;

import io.lorahub.storage.object.ObjectStore;
import io.lorahub.storage.object.StagedFile;
import io.lorahub.storage.upkeep.Sweep;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Event;
import jakarta.enterprise.event.Observes;
import jakarta.enterprise.event.TransactionPhase;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import org.jboss.logging.Logger;

/**
 * Deletes files of uploads from the store after they have been removed from the database. Failures are left to the
 * sweep.
 */
@ApplicationScoped
public class FileRelease {

    private static final Logger LOG = Logger.getLogger(FileRelease.class);

    private final Event<Released> later;
    private final ObjectStore store;
    private final Sweep sweep;

    FileRelease(Event<Released> later, ObjectStore store, Sweep sweep) {
        this.later = later;
        this.store = store;
        this.sweep = sweep;
    }

    /**
     * Content that files hold in the store.
     *
     * @param objects keys of parts
     * @param blobs hashes of whole files, which may also be used elsewhere
     */
    record Released(List<String> objects, Set<String> blobs) {}

    /** Releases the content that these files hold now, after the caller's transaction commits. */
    public void afterCommit(Collection<UploadFile> files) {
        later.fire(new Released(
                files.stream()
                        .flatMap(file -> file.parts.stream())
                        .map(part -> part.objectKey)
                        .toList(),
                files.stream().map(file -> file.sha256).filter(Objects::nonNull).collect(Collectors.toSet())));
    }

    /** Deletes staged files, and their contents unless something else refers to them. */
    public void staged(Collection<StagedFile> files) {
        free(new Released(
                files.stream().map(StagedFile::key).toList(),
                files.stream().map(StagedFile::sha256).collect(Collectors.toSet())));
    }

    void free(@Observes(during = TransactionPhase.AFTER_SUCCESS) Released released) {
        try {
            released.objects().forEach(store::delete);
            if (!released.blobs().isEmpty()) sweep.drop(released.blobs());
        } catch (RuntimeException e) {
            LOG.warnf(e, "Files that are no longer needed could not be removed; the sweep will remove them.");
        }
    }
}
