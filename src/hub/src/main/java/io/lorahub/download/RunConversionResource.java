package io.lorahub.download;

import io.lorahub.composition.conversion.ConversionRequests;
import io.vertx.core.http.HttpServerRequest;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.Request;
import jakarta.ws.rs.core.Response;
import java.util.Optional;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.parameters.Parameter;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jboss.resteasy.reactive.RestQuery;

/** Results of runs as other programs load them, in the API. */
@Path("/api/v1/runs/{run}/export")
@Tag(name = "Runs")
public class RunConversionResource {

    private final ConversionRequests conversions;
    private final RunDownloads downloads;
    private final DownloadResponses responses;

    RunConversionResource(ConversionRequests conversions, RunDownloads downloads, DownloadResponses responses) {
        this.conversions = conversions;
        this.downloads = downloads;
        this.responses = responses;
    }

    @GET
    @Operation(summary = ConversionResource.SUMMARY, description = ConversionResource.DESCRIPTION)
    @APIResponse(responseCode = "200", description = "The zip", content = @Content(mediaType = "application/zip"))
    @APIResponse(responseCode = "206", description = "The requested range")
    @APIResponse(responseCode = "304", description = "Not modified since the ETag in If-None-Match.")
    public Response run(
            String run,
            @Parameter(description = ConversionResource.PROGRAM) @RestQuery("for") Optional<String> program,
            @Context Request conditions,
            @Context HttpServerRequest request) {
        ConversionRequests.Ready ready = conversions.run(run, program);
        return ConversionResource.described(
                responses.to(downloads.export(run, ready.task().toString()), conditions, request), ready.result());
    }
}
