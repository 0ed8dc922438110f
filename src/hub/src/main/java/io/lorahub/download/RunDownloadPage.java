package io.lorahub.download;

import io.vertx.core.http.HttpServerRequest;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.Request;
import jakarta.ws.rs.core.Response;
import org.eclipse.microprofile.openapi.annotations.Operation;

/** Serves the download links of a result's page. */
@Path("/runs/{run}")
public class RunDownloadPage {

    private final RunDownloads downloads;
    private final DownloadResponses responses;

    RunDownloadPage(RunDownloads downloads, DownloadResponses responses) {
        this.downloads = downloads;
        this.responses = responses;
    }

    @GET
    @Path("/files/{file}")
    @Operation(hidden = true)
    public Response file(String run, String file, @Context Request conditions, @Context HttpServerRequest request) {
        return responses.to(downloads.file(run, file), conditions, request);
    }

    @GET
    @Path("/adapter.zip")
    @Operation(hidden = true)
    public Response adapter(String run, @Context Request conditions, @Context HttpServerRequest request) {
        return responses.to(downloads.adapter(run), conditions, request);
    }

    @GET
    @Path("/exports/{task}.zip")
    @Operation(hidden = true)
    public Response export(String run, String task, @Context Request conditions, @Context HttpServerRequest request) {
        return responses.to(downloads.export(run, task), conditions, request);
    }
}
