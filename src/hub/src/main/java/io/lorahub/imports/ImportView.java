package io.lorahub.imports;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import io.lorahub.adapter.AdapterVersion;
import io.lorahub.imports.state.UnverifiedFile;
import io.lorahub.upload.UploadView;
import java.time.Instant;
import java.util.List;
import java.util.UUID;

/**
 * An import as shown in the API.
 *
 * @param url of the import in the API, a path on this site
 * @param page of the import for people
 * @param subfolder of the repository that holds the adapter; omitted for its top
 * @param commit that is fetched, once it is known
 * @param state {@code waiting}, {@code fetching}, {@code checking}, {@code done}, {@code unpublished} (the files
 *     are here as an upload, which could not be published), {@code unchanged} (an adapter here has
 *     them already, so nothing was published), {@code failed} or {@code cancelled}
 * @param problem why it makes no progress at the moment
 * @param failure why it failed, or was not published
 * @param bytes size of all files
 * @param fetched number of bytes that are here
 * @param reused number of bytes that were here before
 * @param upload path of the upload in the API
 * @param uploadPage of the upload for people
 * @param adapter {@code publisher/name} that it was published as, or that has the files already if nothing is new
 * @param version label of the version that it was published as, or that has the files already
 * @param unverified files that the other hub names neither SHA-256 nor Git id for, so that what arrived could not be compared;
 *     omitted if there are none
 */
@JsonNaming(SnakeCaseStrategy.class)
@JsonInclude(JsonInclude.Include.NON_NULL)
public record ImportView(
        UUID id,
        String url,
        String page,
        String hub,
        String repository,
        String revision,
        String subfolder,
        String commit,
        String state,
        String problem,
        String failure,
        long bytes,
        long fetched,
        long reused,
        String upload,
        String uploadPage,
        String adapter,
        String version,
        List<UnverifiedFile> unverified,
        Instant createdAt,
        Instant endedAt) {

    public static final String PATH = "/api/v1/imports";

    /** {@code owner/name}, with the folder in it. */
    @JsonIgnore
    public String label() {
        return subfolder == null ? repository : repository + "/" + subfolder;
    }

    public static ImportView of(AdapterImport entry) {
        AdapterVersion version = entry.version;
        boolean draft = entry.upload != null && entry.upload.getState().isOpen();
        return new ImportView(
                entry.id,
                PATH + "/" + entry.id,
                "/imports/" + entry.id,
                entry.hub,
                entry.repository,
                entry.revision,
                entry.subfolder,
                entry.commit,
                entry.getState().word(),
                entry.problem,
                entry.failure,
                entry.bytes,
                entry.fetched(),
                entry.reused,
                draft ? UploadView.PATH + "/" + entry.upload.id : null,
                draft ? "/uploads/" + entry.upload.id : null,
                version == null ? null : version.adapter.address(),
                version == null ? null : version.label,
                entry.unverified().isEmpty() ? null : entry.unverified(),
                entry.createdAt,
                entry.endedAt);
    }
}
