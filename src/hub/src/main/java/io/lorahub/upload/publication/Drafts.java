package io.lorahub.upload.publication;

import io.lorahub.adapter.publication.FolderName;
import io.lorahub.upload.Draft;
import io.lorahub.upload.Upload;
import io.lorahub.upload.UploadState;
import io.lorahub.upload.Uploads;
import io.lorahub.upload.check.UploadRepair;
import io.lorahub.upload.readme.Readmes;
import io.lorahub.web.ProblemException;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.transaction.Transactional;
import java.time.Instant;
import java.util.Optional;
import java.util.UUID;

/** Drafts of cards. What the member typed takes precedence over values from the files or the existing adapter. */
@ApplicationScoped
public class Drafts {

    private final Uploads uploads;
    private final Readmes readmes;
    private final UploadRepair repair;

    Drafts(Uploads uploads, Readmes readmes, UploadRepair repair) {
        this.uploads = uploads;
        this.readmes = readmes;
        this.repair = repair;
    }

    public Draft of(Upload upload) {
        Draft typed = Draft.read(upload.card);
        if (upload.adapter != null) {
            // who has left the publisher meanwhile may not see its adapter
            return upload.adapter.publisher.hasMember(upload.person) ? typed.over(Draft.of(upload.adapter)) : typed;
        }
        return typed.over(readmes.draft(upload))
                .over(Draft.EMPTY.at(FolderName.asName(upload.folder).orElse(null), null));
    }

    /**
     * Stores the new values over those entered before.
     *
     * @param edition that the member saw; empty if that does not matter
     */
    @Transactional
    public Upload change(UUID id, Draft draft, Optional<Integer> edition) {
        Upload upload = uploads.ownLocked(id);
        upload.requireSent();
        requireOpen(upload);
        if (edition.isPresent() && edition.get() != upload.edition) throw ProblemException.changed();
        change(upload, draft);
        upload.flush();
        return upload;
    }

    /**
     * Chooses whether it becomes a new adapter or a new version; for a new version, the card starts with that of the
     * adapter.
     *
     * @param adapter {@code publisher/name}, or empty for a new one
     */
    @Transactional
    public void setTarget(UUID id, String adapter) {
        Upload upload = uploads.ownLocked(id);
        upload.requireSent();
        requireOpen(upload);
        uploads.setTarget(upload, null, adapter);
        upload.card = Draft.forVersionOf(adapter).json();
    }

    private static void requireOpen(Upload upload) {
        if (upload.getState() == UploadState.PUBLISHED && upload.adapter != null) {
            throw ProblemException.conflict(
                    "This upload is already published as %s, so it can't be changed. Edit the card on the adapter's page."
                            .formatted(upload.adapter.address()));
        }
        if (!upload.getState().isOpen()) throw ProblemException.conflict("This upload has ended; start a new one.");
    }

    public void change(Upload upload, Draft draft) {
        uploads.setTarget(upload, draft.publisher(), draft.adapter());
        if (draft.baseModel() != null) repair.nameBaseModel(upload, draft.baseModel());
        upload.card = draft.over(Draft.read(upload.card)).requireShort().json();
        upload.updatedAt = Instant.now();
    }
}
