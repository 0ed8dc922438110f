package io.lorahub.adapter;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonRawValue;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/**
 * A version of an adapter as shown in the API.
 *
 * @param facts that the upload check read from the files: the {@code adapter} object of {@code lorahub inspect --json}
 * @param importedFrom the other hub that the files come from; omitted if a member sent them
 * @param zip path on this site of a zip with all files
 */
@JsonNaming(SnakeCaseStrategy.class)
public record VersionView(
        String label,
        String notes,
        Instant publishedAt,
        String zip,
        List<FileView> files,

        @Schema(implementation = JsonNode.class) @JsonRawValue
        String facts,

        @JsonInclude(JsonInclude.Include.NON_NULL) ImportedFrom importedFrom) {

    /** @param url a path on this site */
    public record FileView(String name, long size, String sha256, String url) {}

    /** @param sizes in bytes, by SHA-256, including at least this version's files */
    public static List<FileView> files(AdapterVersion version, Map<String, Long> sizes) {
        String at = "/" + version.adapter.address();
        return version.files.entrySet().stream()
                .map(file -> new FileView(
                        file.getKey(),
                        sizes.get(file.getValue()),
                        file.getValue(),
                        at + "/files/" + version.label + "/" + file.getKey()))
                .toList();
    }

    /**
     * @param sizes in bytes, by SHA-256, including at least this version's files
     * @param facts as JSON
     */
    static VersionView of(AdapterVersion version, Map<String, Long> sizes, String facts) {
        return new VersionView(
                version.label,
                version.notes,
                version.publishedAt,
                "/" + version.adapter.address() + "/download/" + version.label + ".zip",
                files(version, sizes),
                facts,
                version.importedFrom);
    }
}
