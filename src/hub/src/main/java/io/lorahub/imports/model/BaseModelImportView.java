package io.lorahub.imports.model;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import io.lorahub.imports.state.UnverifiedFile;
import java.time.Instant;
import java.util.List;
import java.util.UUID;

/**
 * An import of a base model as shown in the API.
 *
 * @param url of the import in the API, a path on this site
 * @param name that the model is registered under
 * @param commit that is fetched, once it is known
 * @param state {@code waiting}, {@code fetching}, {@code checking}, {@code done}, {@code failed} or {@code cancelled}
 * @param problem why it makes no progress at the moment
 * @param failure why it failed
 * @param bytes size of all files
 * @param fetched number of bytes that are here
 * @param unverified files that the other hub names neither SHA-256 nor Git id for, so that what arrived could not be compared;
 *     omitted if there are none
 */
@JsonNaming(SnakeCaseStrategy.class)
@JsonInclude(JsonInclude.Include.NON_NULL)
public record BaseModelImportView(
        UUID id,
        String url,
        String name,
        String hub,
        String repository,
        String revision,
        String commit,
        String state,
        String problem,
        String failure,
        long bytes,
        long fetched,
        List<UnverifiedFile> unverified,
        Instant createdAt,
        Instant endedAt) {

    public static final String PATH = "/api/v1/base-model-imports";

    static BaseModelImportView of(BaseModelImport entry) {
        return new BaseModelImportView(
                entry.id,
                PATH + "/" + entry.id,
                entry.name,
                entry.hub,
                entry.repository,
                entry.revision,
                entry.commit,
                entry.getState().word(),
                entry.problem,
                entry.failure,
                entry.bytes,
                entry.fetched(),
                entry.unverified().isEmpty() ? null : entry.unverified(),
                entry.createdAt,
                entry.endedAt);
    }
}
