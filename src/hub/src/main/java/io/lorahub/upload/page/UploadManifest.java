package io.lorahub.upload.page;

import com.fasterxml.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import io.lorahub.upload.Draft;
import io.lorahub.upload.FileEntry;
import io.lorahub.upload.FilePath;
import io.lorahub.upload.FolderEntry;
import io.lorahub.upload.UploadTarget;
import io.lorahub.web.FieldError;
import io.lorahub.web.ProblemException;
import jakarta.validation.Valid;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Size;
import java.util.ArrayList;
import java.util.List;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/**
 * A program's request to upload files.
 *
 * @param publisher to publish under; if omitted, chosen when it is published
 * @param adapter {@code publisher/name}, if the files are to be a new version
 * @param card the card to be used for publishing; not stored
 */
@JsonNaming(SnakeCaseStrategy.class)
@Schema(examples = """
        {"files": [{"name": "un-past/adapter_config.json", "size": 412},
                   {"name": "un-past/adapter_model.safetensors", "size": 201872}]}""")
record UploadManifest(
        @NotNull(message = "List the files that you want to send.")
        List<@NotNull @Valid Announced> files,

        @Size(max = 39) String publisher,
        @Size(max = 104) String adapter,
        Draft card) {

    /**
     * @param name optionally preceded by folders; each folder with an adapter becomes an upload
     * @param size in bytes
     */
    record Announced(
            @NotNull(message = "Give the name of the file.") String name,
            @NotNull(message = "Give its size in bytes.") Long size) {}

    /** @throws ProblemException with every unusable name and every invalid size */
    List<FileEntry> sent() {
        List<FileEntry> sent = new ArrayList<>();
        List<FieldError> causes = new ArrayList<>();
        for (int i = 0; i < files.size(); i++) {
            Announced file = files.get(i);
            String at = "files[" + i + "].";
            if (file.size() < 0) {
                causes.add(
                        new FieldError(at + "size", "The size is %d; give its size in bytes.".formatted(file.size())));
            }
            try {
                sent.add(new FileEntry(FilePath.of(file.name()), file.size(), sent.size()));
            } catch (ProblemException e) {
                causes.add(new FieldError(at + "name", e.getMessage()));
            }
        }
        boolean hopeless = files.stream().noneMatch(file -> FilePath.isTaken(file.name()));
        if (hopeless && !causes.isEmpty()) causes.add(FolderEntry.NO_ADAPTER);
        if (!causes.isEmpty()) throw ProblemException.invalid(causes);
        return sent;
    }

    UploadTarget target() {
        return new UploadTarget(publisher, adapter, card == null ? null : card.name());
    }
}
