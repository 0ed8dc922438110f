package io.lorahub.upload;

import com.fasterxml.jackson.databind.JsonNode;
import io.lorahub.storage.Blobs;
import io.lorahub.storage.HeldBlobs;
import io.lorahub.storage.NoSuchObjectException;
import io.lorahub.storage.ObjectStore;
import io.lorahub.storage.Staged;
import io.lorahub.web.ProblemException;
import io.quarkus.narayana.jta.QuarkusTransaction;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.List;
import java.util.Optional;

/** Makes one file of the parts that came, and passes the upload on when nothing is missing. */
@ApplicationScoped
class Completion {

    private final Turns turns;
    private final Joining joining;
    private final Unpacking unpacking;
    private final Blobs blobs;
    private final Readmes readmes;
    private final ObjectStore store;
    private final Freeing freeing;
    private final Handover handover;

    Completion(
            Turns turns,
            Joining joining,
            Unpacking unpacking,
            Blobs blobs,
            Readmes readmes,
            ObjectStore store,
            Freeing freeing,
            Handover handover) {
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
    void complete(Turn turn) {
        List<Staged> parts = QuarkusTransaction.requiringNew()
                .call(() -> turns.held(turn).parts.stream()
                        .map(part -> new Staged(
                                part.objectKey, part.size, part.sha256, Optional.ofNullable(part.crc32), true))
                        .toList());
        try {
            Staged whole = joining.join(parts, turn);
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

    private void keep(Turn turn, Staged whole) {
        JsonNode card = readmes.read(turn.fileName(), whole.key());
        try (HeldBlobs held = blobs.publish(List.of(whole))) {
            QuarkusTransaction.requiringNew().run(() -> {
                UploadFile file = turns.held(turn);
                freeing.afterCommit(Freed.of(List.of(file)));
                file.sha256 = whole.sha256();
                file.card = card;
                file.parts.clear();
                handover.ifWhole(file.upload);
            });
        }
    }

    /** A part is gone: a crash came between publishing the file and storing that, and then a sweep. */
    private void startAgain(Turn turn) {
        QuarkusTransaction.requiringNew().run(() -> {
            UploadFile file = turns.held(turn);
            freeing.afterCommit(Freed.of(List.of(file)));
            file.parts.clear();
        });
        throw ProblemException.conflict(
                "What came of %s was lost; send it again from its start.".formatted(turn.fileName()));
    }
}
