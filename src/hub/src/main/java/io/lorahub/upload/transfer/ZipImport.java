package io.lorahub.upload.transfer;

import com.fasterxml.jackson.databind.JsonNode;
import io.lorahub.engine.checkpoint.MalformedException;
import io.lorahub.engine.checkpoint.ZipArchive;
import io.lorahub.storage.Blobs;
import io.lorahub.storage.HeldBlobs;
import io.lorahub.storage.directory.TempFolders;
import io.lorahub.storage.object.ObjectStore;
import io.lorahub.storage.object.StagedFile;
import io.lorahub.storage.object.TooLargeException;
import io.lorahub.upload.FileEntry;
import io.lorahub.upload.FileKind;
import io.lorahub.upload.FilePath;
import io.lorahub.upload.FileRelease;
import io.lorahub.upload.FolderEntry;
import io.lorahub.upload.Upload;
import io.lorahub.upload.UploadFile;
import io.lorahub.upload.UploadLimits;
import io.lorahub.upload.check.UploadChecks;
import io.lorahub.upload.readme.Readmes;
import io.lorahub.web.ProblemException;
import io.quarkus.narayana.jta.QuarkusTransaction;
import jakarta.enterprise.context.ApplicationScoped;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.zip.CRC32;
import org.apache.commons.compress.archivers.zip.ZipArchiveEntry;
import org.apache.commons.io.file.PathUtils;
import org.apache.commons.io.input.ChecksumInputStream;

/** Replaces an uploaded zip with the adapters in it: the first stays in this upload, each further one gets its own. */
@ApplicationScoped
class ZipImport {

    /** A limit for a time, and too little room: reasons that are not the zip's. */
    private static final Set<Integer> PASSING = Set.of(429, 507);

    private final UploadLeases leases;
    private final UploadLimits limits;
    private final ObjectStore store;
    private final Blobs blobs;
    private final Readmes readmes;
    private final FileRelease release;
    private final UploadChecks checks;

    ZipImport(
            UploadLeases leases,
            UploadLimits limits,
            ObjectStore store,
            Blobs blobs,
            Readmes readmes,
            FileRelease release,
            UploadChecks checks) {
        this.leases = leases;
        this.limits = limits;
        this.store = store;
        this.blobs = blobs;
        this.readmes = readmes;
        this.release = release;
        this.checks = checks;
    }

    /** @throws ProblemException if the zip cannot be used; the upload is then marked as failed */
    void unpack(UploadLease lease, StagedFile staged) {
        try (LocalFile copy = LocalFile.of(staged.key(), store);
                ZipArchive zip = ZipArchive.open(copy.path())) {
            limits.checkCount(zip.entries().size());
            try (Contents unpacked = new Contents(zip, store)) {
                limits.checkSizes(unpacked.folders());
                limits.checkUnpacked(unpacked.size());
                long more = Math.max(0, unpacked.size() - staged.size());
                QuarkusTransaction.requiringNew().run(() -> limits.checkDayFor(leases.held(lease).upload.person, more));
                unpacked.stage(zip);
                Map<FileEntry, JsonNode> cards = unpacked.cards(readmes);
                try (HeldBlobs held = blobs.publish(unpacked.staged())) {
                    QuarkusTransaction.requiringNew().run(() -> replaceArchive(lease, unpacked, cards, more));
                }
            }
        } catch (MalformedException | IOException e) {
            throw failed(lease, e.getMessage());
        } catch (ProblemException e) {
            if (PASSING.contains(e.status())) throw e; // the zip stays, and completing it again tries it again
            throw failed(lease, e.getMessage());
        }
    }

    private void replaceArchive(UploadLease lease, Contents unpacked, Map<FileEntry, JsonNode> cards, long more) {
        UploadFile archive = leases.held(lease);
        Upload upload = archive.upload;
        List<FolderEntry> folders = unpacked.folders();
        if (folders.size() > 1) {
            if (upload.adapter != null) throw severalForOne(upload, folders.size());
            limits.checkRoom(upload.person, folders.size() - 1, 0);
        }
        limits.lock(upload.person); // zips unpacked at the same time are counted one after another
        limits.checkDayFor(upload.person, more);
        limits.addToDay(upload.person, more);
        release.afterCommit(List.of(archive));
        upload.remove(List.of(archive));
        for (int i = 0; i < folders.size(); i++) {
            Upload each = i == 0 ? upload : upload.sibling();
            fill(each, folders.get(i), unpacked, cards);
            checks.queueIfWhole(each);
        }
    }

    private void fill(Upload upload, FolderEntry folder, Contents unpacked, Map<FileEntry, JsonNode> cards) {
        if (!folder.name().isEmpty()) upload.folder = folder.name();
        List<UploadFile> replaced = upload.replacedBy(folder.files());
        release.afterCommit(replaced);
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
                "It contains %d adapters, but a new version of %s is one.".formatted(count, upload.adapter.address()));
    }

    private ProblemException failed(UploadLease lease, String reason) {
        String sentence = "%s cannot be used: %s".formatted(lease.fileName(), reason);
        String full = sentence.endsWith(".") ? sentence : sentence + ".";
        QuarkusTransaction.requiringNew().run(() -> {
            UploadFile archive = leases.held(lease);
            release.afterCommit(List.of(archive));
            archive.upload.fail(full);
            archive.upload.remove(List.of(archive));
        });
        return ProblemException.invalid("files", full);
    }

    /** The adapters in a zip, with their files in staging; closing it removes those that were not published. */
    private static final class Contents implements AutoCloseable {

        private final ObjectStore store;
        private final List<ZipArchiveEntry> entries = new ArrayList<>();
        private final Map<FileEntry, StagedFile> staged = new HashMap<>();
        private final List<FolderEntry> folders;

        /**
         * Reads only the names.
         *
         * @throws ProblemException if the names are not those of adapter files
         */
        Contents(ZipArchive zip, ObjectStore store) {
            this.store = store;
            List<FileEntry> files = new ArrayList<>();
            for (ZipArchiveEntry entry : zip.entries().values()) {
                if (entry.isDirectory()) continue;
                files.add(new FileEntry(FilePath.of(entry.getName()), entry.getSize(), entries.size()));
                entries.add(entry);
            }
            for (FileEntry file : files) {
                if (file.name().kind() == FileKind.ARCHIVE) {
                    throw ProblemException.invalid(
                            "files",
                            "It contains another zip, %s; send that by itself."
                                    .formatted(file.name().name()));
                }
            }
            folders = FolderEntry.of(files);
        }

        List<FolderEntry> folders() {
            return folders;
        }

        /** Total size of the files to be stored, in bytes. */
        long size() {
            return folders.stream().mapToLong(FolderEntry::size).sum();
        }

        /** @throws IOException if an entry is damaged */
        void stage(ZipArchive zip) throws IOException {
            for (FolderEntry folder : folders) {
                for (FileEntry file : folder.files()) {
                    if (file.name().kind() == FileKind.KEPT) stage(zip, file);
                }
            }
        }

        private void stage(ZipArchive zip, FileEntry file) throws IOException {
            ZipArchiveEntry entry = entries.get(file.number());
            try (InputStream in = zip.stream(entry)) {
                InputStream checked = ChecksumInputStream.builder()
                        .setInputStream(in)
                        .setChecksum(new CRC32())
                        .setExpectedChecksumValue(entry.getCrc())
                        .setCountThreshold(entry.getSize())
                        .get();
                StagedFile one = store.stage(checked, entry.getSize());
                staged.put(file, one);
                if (!one.complete() || one.size() != entry.getSize()) throw damaged(file);
            } catch (TooLargeException e) {
                throw damaged(file);
            }
        }

        private static IOException damaged(FileEntry file) {
            return new IOException(
                    "its file %s is damaged".formatted(file.name().name()));
        }

        /** Cards read from the READMEs. */
        Map<FileEntry, JsonNode> cards(Readmes readmes) {
            Map<FileEntry, JsonNode> cards = new HashMap<>();
            staged.forEach(
                    (file, one) -> cards.put(file, readmes.read(file.name().name(), one.key())));
            return cards;
        }

        Collection<StagedFile> staged() {
            return staged.values();
        }

        StagedFile staged(FileEntry file) {
            return staged.get(file);
        }

        @Override
        public void close() {
            staged.values().forEach(one -> store.delete(one.key()));
        }
    }

    /**
     * An object as a local file: the object itself if the store keeps it as one, otherwise a copy that is deleted on
     * closing.
     */
    private record LocalFile(Path path, boolean isCopy) implements AutoCloseable {

        static LocalFile of(String key, ObjectStore store) {
            Optional<Path> local = store.localPath(key);
            return local.isPresent() ? new LocalFile(local.get(), false) : copy(key, store);
        }

        private static LocalFile copy(String key, ObjectStore store) {
            LocalFile copy = null;
            boolean done = false;
            try (InputStream in = store.open(key)) {
                copy = new LocalFile(TempFolders.folder("zip").resolve("file.zip"), true);
                Files.copy(in, copy.path);
                done = true;
                return copy;
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            } finally {
                if (copy != null && !done) copy.close();
            }
        }

        @Override
        public void close() {
            if (!isCopy) return;
            try {
                PathUtils.deleteDirectory(path.getParent());
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }
}
