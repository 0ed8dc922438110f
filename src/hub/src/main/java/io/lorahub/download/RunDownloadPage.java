package io.lorahub.download;

import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
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
    public Response file(String run, String file) {
        return responses.of(downloads.file(run, file));
    }

    @GET
    @Path("/adapter.zip")
    @Operation(hidden = true)
    public Response adapter(String run) {
        return responses.of(downloads.adapter(run));
    }

    @GET
    @Path("/exports/{task}.zip")
    @Operation(hidden = true)
    public Response export(String run, String task) {
        return responses.of(downloads.export(run, task));
    }
}
