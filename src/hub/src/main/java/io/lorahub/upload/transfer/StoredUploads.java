package io.lorahub.upload.transfer;

import com.fasterxml.jackson.databind.JsonNode;
import io.lorahub.storage.object.ObjectKey;
import io.lorahub.upload.FileEntry;
import io.lorahub.upload.FilePath;
import io.lorahub.upload.Upload;
import io.lorahub.upload.UploadFile;
import io.lorahub.upload.UploadTarget;
import io.lorahub.upload.Uploads;
import io.lorahub.upload.check.UploadChecks;
import io.lorahub.upload.readme.Readmes;
import io.quarkus.narayana.jta.QuarkusTransaction;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/** Uploads whose files are in the store already, so that only their checks are left. */
@ApplicationScoped
public class StoredUploads {

    private final Uploads uploads;
    private final Readmes readmes;
    private final UploadChecks checks;

    StoredUploads(Uploads uploads, Readmes readmes, UploadChecks checks) {
        this.uploads = uploads;
        this.readmes = readmes;
        this.checks = checks;
    }

    /**
     * A file in the store.
     *
     * @param size in bytes
     */
    public record Content(String sha256, long size) {}

    /**
     * Creates the upload and queues its checks. The caller holds the contents until it returns.
     *
     * @param files of one adapter, by name
     */
    public UUID check(UploadTarget target, Map<String, Content> files) {
        Map<String, JsonNode> cards = new HashMap<>();
        files.forEach((name, content) -> cards.put(name, readmes.read(name, ObjectKey.blob(content.sha256()))));
        return QuarkusTransaction.requiringNew().call(() -> {
            List<FileEntry> entries = new ArrayList<>();
            files.forEach(
                    (name, content) -> entries.add(new FileEntry(FilePath.of(name), content.size(), entries.size())));
            Upload upload = uploads.announce(entries, target).get(0);
            for (UploadFile file : upload.files) {
                if (file.isWhole()) continue;
                file.sha256 = files.get(file.name).sha256();
                file.card = cards.get(file.name);
            }
            checks.queueIfWhole(upload);
            return upload.id;
        });
    }
}
