package io.lorahub.doctor;

import io.lorahub.account.Publisher;
import io.lorahub.adapter.Checkup;
import io.lorahub.adapter.DuplicateCheck;
import io.lorahub.engine.checkpoint.AdapterFolder;
import io.lorahub.storage.Blobs;
import jakarta.enterprise.context.ApplicationScoped;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Checks an adapter that LoraHub itself has merged, by all that uploads are checked by. */
@ApplicationScoped
public class MergedCheck {

    private final Blobs blobs;
    private final BaseModelShelf models;
    private final DuplicateCheck duplicates;

    MergedCheck(Blobs blobs, BaseModelShelf models, DuplicateCheck duplicates) {
        this.blobs = blobs;
        this.models = models;
        this.duplicates = duplicates;
    }

    /**
     * @param files SHA-256 by name
     * @param own   publishers that the asker is a member of
     */
    public Checkup of(Map<String, String> files, Collection<Publisher> own) {
        try (FolderOfFiles folder = FolderOfFiles.of(files, blobs)) {
            BaseModelCheck base = BaseModelCheck.of(folder.path(), models);
            Checkup checkup = Checkup.of(folder.path(), base.shapes().map(shapes -> shapes), base.whyNoBase())
                    .and(List.of(base.result()));
            return checkup.and(duplicates.check(
                    Optional.ofNullable(files.get(AdapterFolder.WEIGHTS.get(0))),
                    checkup.fingerprint(),
                    own,
                    Optional.empty()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
