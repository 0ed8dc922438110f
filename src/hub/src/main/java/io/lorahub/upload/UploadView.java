package io.lorahub.upload;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/**
 * An upload as shown in the API.
 *
 * @param url of the upload in the API, a path on this site
 * @param page of the upload for people
 * @param batch shared by uploads that arrived together
 * @param state {@code receiving}, {@code checking}, {@code passed}, {@code failed}, {@code published} or {@code
 *     cancelled}
 * @param failure why it failed other than by its checks
 * @param findings the checks, with their states {@code pending}, {@code passed}, {@code warned}, {@code failed} or
 *     {@code skipped}
 * @param card the values entered so far, prefilled from the README and the folder
 * @param baseModel the name under which a base model is registered; omitted for an adapter
 * @param run the run that made the mix, which is published automatically once it passes; null for files that were sent
 *     or merged
 * @param adapter {@code publisher/name}, if it is a new version of that adapter or was published as it
 */
@JsonNaming(SnakeCaseStrategy.class)
@JsonInclude(JsonInclude.Include.NON_NULL)
public record UploadView(
        UUID id,
        String url,
        String page,
        UUID batch,
        String state,
        String failure,
        String folder,
        String publisher,
        String adapter,
        String baseModel,
        UUID run,
        List<FileView> files,
        JsonNode facts,
        JsonNode findings,
        JsonNode card,
        Instant createdAt,
        Instant updatedAt) {

    public static final String PATH = "/api/v1/uploads";

    /**
     * @param kind {@code kept}, {@code archive} (a zip, which is replaced by its files) or {@code ignored} (not to be
     *     sent)
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    @Schema(name = "UploadFileView")
    public record FileView(
            String name, String url, String kind, long size, long offset, boolean complete, String sha256) {}

    /** The brief view for lists. */
    public static UploadView of(Upload upload) {
        return of(upload, upload.card);
    }

    public static UploadView of(Upload upload, JsonNode card) {
        String url = PATH + "/" + upload.id;
        return new UploadView(
                upload.id,
                url,
                upload.isBaseModel() ? "/base-models/" + upload.baseModel : "/uploads/" + upload.id,
                upload.batchId,
                upload.getState().word(),
                upload.failure,
                upload.folder,
                upload.publisher == null ? null : upload.publisher.name,
                upload.adapter == null ? null : upload.adapter.address(),
                upload.baseModel,
                upload.run,
                upload.files.stream().map(file -> view(url, file)).toList(),
                upload.facts,
                upload.findings,
                card,
                upload.createdAt,
                upload.updatedAt);
    }

    private static FileView view(String url, UploadFile file) {
        return new FileView(
                file.name,
                file.kind == FileKind.IGNORED ? null : url + "/files/" + file.name,
                file.kind.word(),
                file.size,
                file.offset(),
                file.isWhole(),
                file.sha256);
    }
}
