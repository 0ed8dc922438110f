package io.lorahub.download;

import io.vertx.core.http.HttpServerRequest;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.Request;
import jakarta.ws.rs.core.Response;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;

/** The files of a version in the API. */
@Path("/api/v1/adapters/{publisher}/{name}/versions/{label}")
@Tag(name = "Adapters")
public class DownloadResource {

    private final Downloads downloads;
    private final DownloadResponses responses;

    DownloadResource(Downloads downloads, DownloadResponses responses) {
        this.downloads = downloads;
        this.responses = responses;
    }

    @GET
    @Path("/files/{file}")
    @Operation(summary = "One file of a version, whole or in ranges; its ETag is its SHA-256")
    @APIResponse(
            responseCode = "200",
            description = "The bytes",
            content = @Content(mediaType = "application/octet-stream"))
    @APIResponse(responseCode = "206", description = "The requested range")
    @APIResponse(responseCode = "304", description = "Not modified since the ETag in If-None-Match.")
    public Response file(
            String publisher,
            String name,
            String label,
            String file,
            @Context Request conditions,
            @Context HttpServerRequest request) {
        return responses.to(downloads.file(publisher, name, label, file), conditions, request);
    }

    @GET
    @Path("/zip")
    @Operation(
            summary = "All files of a version in one zip, whole or in ranges",
            description = "A download of the zip or of the weights counts once a day for each member or address.")
    @APIResponse(responseCode = "200", description = "The zip", content = @Content(mediaType = "application/zip"))
    @APIResponse(responseCode = "206", description = "The requested range")
    @APIResponse(responseCode = "304", description = "Not modified since the ETag in If-None-Match.")
    public Response zip(
            String publisher,
            String name,
            String label,
            @Context Request conditions,
            @Context HttpServerRequest request) {
        return responses.to(downloads.zip(publisher, name, label), conditions, request);
    }
}
