package io.lorahub.upload;

import com.fasterxml.jackson.databind.JsonNode;
import io.lorahub.engine.checkpoint.ZipArchive;
import io.lorahub.storage.ObjectStore;
import io.lorahub.storage.StagedFile;
import io.lorahub.storage.TooLargeException;
import io.lorahub.web.ProblemException;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.CRC32;
import org.apache.commons.compress.archivers.zip.ZipArchiveEntry;
import org.apache.commons.io.input.ChecksumInputStream;

/** The adapters in a zip, with their files in staging; closing it removes those that were not published. */
final class ZipContents implements AutoCloseable {

    private final ObjectStore store;
    private final List<ZipArchiveEntry> entries = new ArrayList<>();
    private final Map<FileEntry, StagedFile> staged = new HashMap<>();
    private final List<FolderEntry> folders;

    /**
     * Reads the names only.
     *
     * @throws ProblemException where they are not those of adapters
     */
    ZipContents(ZipArchive zip, ObjectStore store) {
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
                        "It holds another zip, %s; send that by itself."
                                .formatted(file.name().name()));
            }
        }
        folders = FolderEntry.of(files);
    }

    List<FolderEntry> folders() {
        return folders;
    }

    /** Bytes of what would be stored. */
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
        return new IOException("its file %s is damaged".formatted(file.name().name()));
    }

    /** What the READMEs among them say of their cards. */
    Map<FileEntry, JsonNode> cards(Readmes readmes) {
        Map<FileEntry, JsonNode> cards = new HashMap<>();
        staged.forEach((file, one) -> cards.put(file, readmes.read(file.name().name(), one.key())));
        return cards;
    }

    /** All of them. */
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
