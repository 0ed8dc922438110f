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

/** The files of a run's result in the API. */
@Path("/api/v1/runs/{run}/files")
@Tag(name = "Runs")
public class RunFileResource {

    private final RunDownloads downloads;
    private final DownloadResponses responses;

    RunFileResource(RunDownloads downloads, DownloadResponses responses) {
        this.downloads = downloads;
        this.responses = responses;
    }

    @GET
    @Path("/{file}")
    @Operation(
            summary = "A file of the result",
            description =
                    "The files that the run lists, and adapter.zip with all of them and a README.md. Supports conditional and range requests.")
    @APIResponse(
            responseCode = "200",
            description = "The bytes",
            content = {@Content(mediaType = "application/octet-stream"), @Content(mediaType = "application/zip")})
    @APIResponse(responseCode = "206", description = "The requested range")
    @APIResponse(responseCode = "304", description = "Not modified since the ETag in If-None-Match.")
    public Response file(String run, String file, @Context Request conditions, @Context HttpServerRequest request) {
        Download download = file.equals("adapter.zip") ? downloads.adapter(run) : downloads.file(run, file);
        return responses.to(download, conditions, request);
    }
}
