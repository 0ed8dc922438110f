package io.lorahub.download;

import io.lorahub.basemodel.BaseModelConfig;
import io.lorahub.basemodel.BaseModelRecord;
import io.lorahub.storage.Blobs;
import io.lorahub.web.ProblemException;
import io.quarkus.narayana.jta.QuarkusTransaction;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.core.Response;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;

/** The files of a base model in the API. */
@Path("/api/v1/base-models")
@Tag(name = "Base models")
public class BaseModelFileResource {

    private final BaseModelConfig config;
    private final Blobs blobs;
    private final DownloadResponses responses;

    BaseModelFileResource(BaseModelConfig config, Blobs blobs, DownloadResponses responses) {
        this.config = config;
        this.blobs = blobs;
        this.responses = responses;
    }

    @GET
    @Path("/{model:[^/]+(?:/[^/]+)?}/files/{file}")
    @Operation(
            summary = "One file of a base model, whole or in ranges; its ETag is its SHA-256",
            description = "Forbidden if the hub doesn't offer base models for download.")
    @APIResponse(
            responseCode = "200",
            description = "The bytes",
            content = @Content(mediaType = "application/octet-stream"))
    @APIResponse(responseCode = "206", description = "The requested range")
    public Response file(String model, String file) {
        return responses.of(QuarkusTransaction.requiringNew().call(() -> download(model, file)));
    }

    /**
     * @throws ProblemException forbidden if the hub does not offer base models for download; not found if the file does
     *     not exist
     */
    private Download download(String model, String file) {
        BaseModelRecord entry = BaseModelRecord.named(model).orElseThrow(() -> ProblemException.notFound("base model"));
        if (!config.downloads()) {
            throw ProblemException.forbidden(
                    "This hub doesn't offer base models for download. Get %s from its original source."
                            .formatted(entry.name));
        }
        String sha256 = entry.files.get(file);
        if (sha256 == null) throw ProblemException.notFound("such file of " + entry.name);
        return Download.ofFile(file, sha256, blobs.size(sha256), entry.createdAt, DownloadAccess.EVERYBODY);
    }
}
