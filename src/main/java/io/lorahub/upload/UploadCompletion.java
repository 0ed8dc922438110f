package io.lorahub.upload;

import com.fasterxml.jackson.databind.JsonNode;
import io.lorahub.storage.Blobs;
import io.lorahub.storage.HeldBlobs;
import io.lorahub.storage.NoSuchObjectException;
import io.lorahub.storage.ObjectStore;
import io.lorahub.storage.StagedFile;
import io.lorahub.web.ProblemException;
import io.quarkus.narayana.jta.QuarkusTransaction;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.List;
import java.util.Optional;

/** Makes one file of the parts that came, and passes the upload on when nothing is missing. */
@ApplicationScoped
class UploadCompletion {

    private final UploadLeases turns;
    private final PartAssembly joining;
    private final ZipImport unpacking;
    private final Blobs blobs;
    private final Readmes readmes;
    private final ObjectStore store;
    private final FileRelease freeing;
    private final CheckHandover handover;

    UploadCompletion(
            UploadLeases turns,
            PartAssembly joining,
            ZipImport unpacking,
            Blobs blobs,
            Readmes readmes,
            ObjectStore store,
            FileRelease freeing,
            CheckHandover handover) {
        this.turns = turns;
        this.joining = joining;
        this.unpacking = unpacking;
        this.blobs = blobs;
        this.readmes = readmes;
        this.store = store;
        this.freeing = freeing;
        this.handover = handover;
    }

    /** Of a file whose last byte has come. It may be called again where it failed. */
    void complete(UploadLease turn) {
        List<StagedFile> parts = QuarkusTransaction.requiringNew()
                .call(() -> turns.held(turn).parts.stream()
                        .map(part -> new StagedFile(
                                part.objectKey, part.size, part.sha256, Optional.ofNullable(part.crc32), true))
                        .toList());
        try {
            StagedFile whole = joining.join(parts, turn);
            boolean done = false;
            try {
                if (turn.kind() == FileKind.ARCHIVE) unpacking.unpack(turn, whole);
                else keep(turn, whole);
                done = true;
            } finally {
                boolean joined = parts.size() != 1;
                if (joined && (!done || turn.kind() == FileKind.ARCHIVE)) store.delete(whole.key());
            }
        } catch (NoSuchObjectException e) {
            startAgain(turn);
        }
    }

    private void keep(UploadLease turn, StagedFile whole) {
        JsonNode card = readmes.read(turn.fileName(), whole.key());
        try (HeldBlobs held = blobs.publish(List.of(whole))) {
            QuarkusTransaction.requiringNew().run(() -> {
                UploadFile file = turns.held(turn);
                freeing.afterCommit(ReleasedFiles.of(List.of(file)));
                file.sha256 = whole.sha256();
                file.card = card;
                file.parts.clear();
                handover.ifWhole(file.upload);
            });
        }
    }

    /** A part is gone: a crash came between publishing the file and storing that, and then a sweep. */
    private void startAgain(UploadLease turn) {
        QuarkusTransaction.requiringNew().run(() -> {
            UploadFile file = turns.held(turn);
            freeing.afterCommit(ReleasedFiles.of(List.of(file)));
            file.parts.clear();
        });
        throw ProblemException.conflict(
                "What came of %s was lost; send it again from its start.".formatted(turn.fileName()));
    }
}
