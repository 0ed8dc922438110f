package io.lorahub.download;

import io.vertx.core.http.HttpServerRequest;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.HEAD;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.Request;
import jakarta.ws.rs.core.Response;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;

/** The files of a base model in the API. */
@Path("/api/v1/base-models")
@Tag(name = "Base models")
public class BaseModelFileResource {

    private final BaseModelDownloads downloads;
    private final DownloadResponses responses;

    BaseModelFileResource(BaseModelDownloads downloads, DownloadResponses responses) {
        this.downloads = downloads;
        this.responses = responses;
    }

    @GET
    @Path("/{model:[^/]+(?:/[^/]+)?}/files/{file}")
    @Operation(
            summary = "One file of a base model, whole or in ranges; its ETag is its SHA-256",
            description = "Forbidden where the hub does not hand them out.")
    @APIResponse(
            responseCode = "200",
            description = "The bytes",
            content = @Content(mediaType = "application/octet-stream"))
    @APIResponse(responseCode = "206", description = "The range that was asked for")
    public Response file(String model, String file, @Context Request conditions, @Context HttpServerRequest request) {
        return responses.to(downloads.file(model, file), conditions, request);
    }

    @HEAD
    @Path("/{model:[^/]+(?:/[^/]+)?}/files/{file}")
    @Operation(hidden = true)
    public Response fileHead(
            String model, String file, @Context Request conditions, @Context HttpServerRequest request) {
        return file(model, file, conditions, request);
    }
}
