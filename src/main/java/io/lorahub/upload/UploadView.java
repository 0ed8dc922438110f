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
 * An upload as the API shows it.
 *
 * @param url     of this in the API, a path of this site
 * @param page    of it for people
 * @param batch   shared by uploads that came together
 * @param state   {@code receiving}, {@code checking}, {@code passed}, {@code failed}, {@code published} or {@code cancelled}
 * @param failure why it failed before it could be checked
 * @param findings the checks, with their states {@code pending}, {@code passed}, {@code warned}, {@code failed} or
 *     {@code skipped}
 * @param card     what was said of it so far; prefilled from its README and its folder
 * @param run     of which it is the mix; it is published by itself when it has passed
 * @param adapter {@code publisher/name} where it is a new version of that, or was published as that
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
        UUID run,
        List<FileView> files,
        JsonNode facts,
        JsonNode findings,
        JsonNode card,
        Instant createdAt,
        Instant updatedAt) {

    /** @param kind {@code kept}, {@code archive} (a zip, whose files take its place) or {@code ignored} (not to be sent) */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    @Schema(name = "UploadFileView")
    public record FileView(
            String name, String url, String kind, long size, long offset, boolean complete, String sha256) {}

    /** For lists. */
    static UploadView of(Upload upload) {
        return of(upload, upload.card);
    }

    static UploadView of(Upload upload, JsonNode card) {
        String url = UploadResource.PATH + "/" + upload.id;
        return new UploadView(
                upload.id,
                url,
                "/uploads/" + upload.id,
                upload.batchId,
                upload.getState().word(),
                upload.failure,
                upload.folder,
                upload.publisher == null ? null : upload.publisher.name,
                upload.adapter == null ? null : upload.adapter.address(),
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
