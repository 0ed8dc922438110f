package io.lorahub.upload.transfer;

import io.lorahub.upload.FileEntry;
import io.lorahub.upload.FileKind;
import io.lorahub.upload.FilePath;
import io.lorahub.upload.FolderEntry;
import io.lorahub.upload.UploadFile;
import io.lorahub.upload.UploadTarget;
import io.lorahub.upload.Uploads;
import io.lorahub.web.ProblemException;
import io.quarkus.narayana.jta.QuarkusTransaction;
import jakarta.enterprise.context.ApplicationScoped;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Collectors;
import org.jboss.resteasy.reactive.multipart.FileUpload;

/** Receives files sent in a single form, as browsers without scripts do. */
@ApplicationScoped
public class FormUpload {

    private final Uploads uploads;
    private final UploadReceiver receiver;

    FormUpload(Uploads uploads, UploadReceiver receiver) {
        this.uploads = uploads;
        this.receiver = receiver;
    }

    /** Creates an upload for each adapter among the files and returns the first. */
    public UUID send(List<FileUpload> files, UploadTarget target) {
        List<FileEntry> sent = sent(files);
        List<UUID> ids = QuarkusTransaction.requiringNew()
                .call(() ->
                        uploads.announce(sent, target).stream().map(u -> u.id).toList());
        List<FolderEntry> folders = FolderEntry.of(sent);
        for (int i = 0; i < folders.size(); i++) receive(ids.get(i), folders.get(i), files);
        return ids.get(0);
    }

    /** Replaces the files with the same names. */
    public void replace(UUID id, List<FileUpload> files) {
        List<FileEntry> sent = sent(files);
        uploads.replace(id, sent);
        receive(id, FolderEntry.more(sent), files);
    }

    private void receive(UUID id, FolderEntry folder, List<FileUpload> files) {
        Map<String, FileUpload> bodies = new LinkedHashMap<>();
        for (FileEntry file : folder.files()) {
            if (file.name().kind() != FileKind.IGNORED) bodies.put(file.name().name(), files.get(file.number()));
        }
        receive(id, bodies);
    }

    /** Receives what an upload still lacks of its files, by name. */
    public void receive(UUID id, Map<String, FileUpload> bodies) {
        Map<String, Long> offsets = QuarkusTransaction.requiringNew()
                .call(() -> uploads.ownOfAnyKind(id).files.stream()
                        .filter(file -> !file.isWhole())
                        .collect(Collectors.toMap(file -> file.name, UploadFile::offset)));
        bodies.forEach((name, body) -> {
            Long offset = offsets.get(name);
            if (offset == null) return;
            try (InputStream in = Files.newInputStream(body.uploadedFile())) {
                in.skipNBytes(offset);
                receiver.receive(id, name, offset, body.size() - offset, in);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });
    }

    private static List<FileEntry> sent(List<FileUpload> files) {
        List<FileUpload> given = files == null ? List.of() : files;
        if (given.stream()
                .allMatch(file -> file.fileName() == null || file.fileName().isEmpty())) {
            throw ProblemException.invalid("files", "Choose the files first.");
        }
        List<FileEntry> sent = new ArrayList<>();
        for (FileUpload file : given) {
            sent.add(new FileEntry(FilePath.of(file.fileName()), file.size(), sent.size()));
        }
        return sent;
    }
}
