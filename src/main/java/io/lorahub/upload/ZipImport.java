package io.lorahub.upload;

import com.fasterxml.jackson.databind.JsonNode;
import io.lorahub.engine.checkpoint.MalformedException;
import io.lorahub.engine.checkpoint.ZipArchive;
import io.lorahub.storage.Blobs;
import io.lorahub.storage.HeldBlobs;
import io.lorahub.storage.ObjectStore;
import io.lorahub.storage.StagedFile;
import io.lorahub.web.ProblemException;
import io.quarkus.narayana.jta.QuarkusTransaction;
import jakarta.enterprise.context.ApplicationScoped;
import java.io.IOException;
import java.util.List;
import java.util.Map;

/** Puts the adapters of a zip into its place: the first into the same upload, each other into one of its own. */
@ApplicationScoped
class ZipImport {

    private final UploadLeases turns;
    private final UploadLimits limits;
    private final DailyVolume days;
    private final ObjectStore store;
    private final Blobs blobs;
    private final Readmes readmes;
    private final FileRelease freeing;
    private final CheckHandover handover;

    ZipImport(
            UploadLeases turns,
            UploadLimits limits,
            DailyVolume days,
            ObjectStore store,
            Blobs blobs,
            Readmes readmes,
            FileRelease freeing,
            CheckHandover handover) {
        this.turns = turns;
        this.limits = limits;
        this.days = days;
        this.store = store;
        this.blobs = blobs;
        this.readmes = readmes;
        this.freeing = freeing;
        this.handover = handover;
    }

    /** @throws ProblemException if the zip cannot be used; its upload has failed then */
    void unpack(UploadLease turn, StagedFile staged) {
        try (LocalZip copy = LocalZip.of(staged.key(), store);
                ZipArchive zip = ZipArchive.open(copy.path())) {
            limits.checkCount(zip.entries().size());
            try (ZipContents unpacked = new ZipContents(zip, store)) {
                limits.checkSizes(unpacked.folders());
                limits.checkUnpacked(unpacked.size());
                long more = Math.max(0, unpacked.size() - staged.size());
                QuarkusTransaction.requiringNew().run(() -> limits.checkDayFor(turns.held(turn).upload.person, more));
                unpacked.stage(zip);
                Map<FileEntry, JsonNode> cards = unpacked.cards(readmes);
                try (HeldBlobs held = blobs.publish(unpacked.staged())) {
                    QuarkusTransaction.requiringNew().run(() -> keep(turn, unpacked, cards, more));
                }
            }
        } catch (MalformedException | IOException e) {
            throw failed(turn, e.getMessage());
        } catch (ProblemException e) {
            throw failed(turn, e.getMessage());
        }
    }

    private void keep(UploadLease turn, ZipContents unpacked, Map<FileEntry, JsonNode> cards, long more) {
        UploadFile archive = turns.held(turn);
        Upload upload = archive.upload;
        List<FolderEntry> folders = unpacked.folders();
        if (folders.size() > 1) {
            if (upload.adapter != null) throw severalForOne(upload, folders.size());
            limits.checkRoom(upload.person, folders.size() - 1, 0);
        }
        limits.lock(upload.person); // zips that were unpacked at the same time are counted one after another
        limits.checkDayFor(upload.person, more);
        days.add(upload.person, more);
        freeing.afterCommit(ReleasedFiles.of(List.of(archive)));
        upload.remove(List.of(archive));
        for (int i = 0; i < folders.size(); i++) {
            Upload each = i == 0 ? upload : upload.sibling();
            fill(each, folders.get(i), unpacked, cards);
            handover.ifWhole(each);
        }
    }

    private void fill(Upload upload, FolderEntry folder, ZipContents unpacked, Map<FileEntry, JsonNode> cards) {
        if (!folder.name().isEmpty()) upload.folder = folder.name();
        List<UploadFile> replaced = upload.replacedBy(folder.files());
        freeing.afterCommit(ReleasedFiles.of(replaced));
        upload.remove(replaced);
        for (FileEntry file : folder.files()) {
            UploadFile added = upload.add(file);
            StagedFile staged = unpacked.staged(file);
            if (staged != null) added.sha256 = staged.sha256();
            added.card = cards.get(file);
        }
        upload.persist();
    }

    private ProblemException severalForOne(Upload upload, int count) {
        return ProblemException.invalid(
                "adapter",
                "It holds %d adapters, and a new version of %s is one.".formatted(count, upload.adapter.address()));
    }

    private ProblemException failed(UploadLease turn, String reason) {
        String sentence = "%s cannot be used: %s".formatted(turn.fileName(), reason);
        String full = sentence.endsWith(".") ? sentence : sentence + ".";
        QuarkusTransaction.requiringNew().run(() -> {
            UploadFile archive = turns.held(turn);
            freeing.afterCommit(ReleasedFiles.of(List.of(archive)));
            archive.upload.fail(full);
            archive.upload.remove(List.of(archive));
        });
        return ProblemException.invalid("files", full);
    }
}
