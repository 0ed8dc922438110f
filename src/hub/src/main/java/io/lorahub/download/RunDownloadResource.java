package io.lorahub.download;

import io.lorahub.composition.conversion.ConversionRequests;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.core.Response;
import java.util.Optional;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.parameters.Parameter;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jboss.resteasy.reactive.RestQuery;

/** The files of a run's result in the API, also as other programs load them. */
@Path("/api/v1/runs/{run}")
@Tag(name = "Runs")
public class RunDownloadResource {

    private final ConversionRequests conversions;
    private final RunDownloads downloads;
    private final DownloadResponses responses;

    RunDownloadResource(ConversionRequests conversions, RunDownloads downloads, DownloadResponses responses) {
        this.conversions = conversions;
        this.downloads = downloads;
        this.responses = responses;
    }

    @GET
    @Path("/files/{file}")
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
    public Response file(String run, String file) {
        Download download = file.equals("adapter.zip") ? downloads.adapter(run) : downloads.file(run, file);
        return responses.of(download);
    }

    @GET
    @Path("/export")
    @Operation(summary = DownloadResource.EXPORT, description = DownloadResource.EXPORT_DESCRIPTION)
    @APIResponse(responseCode = "200", description = "The zip", content = @Content(mediaType = "application/zip"))
    @APIResponse(responseCode = "206", description = "The requested range")
    @APIResponse(responseCode = "304", description = "Not modified since the ETag in If-None-Match.")
    public Response export(
            String run, @Parameter(description = DownloadResource.PROGRAM) @RestQuery("for") Optional<String> program) {
        ConversionRequests.Ready ready = conversions.run(run, program);
        return DownloadResource.described(
                responses.of(downloads.export(run, ready.task().toString())), ready.result());
    }
}
