package io.lorahub.download;

import io.vertx.core.http.HttpServerRequest;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.Request;
import jakarta.ws.rs.core.Response;
import org.eclipse.microprofile.openapi.annotations.Operation;

/** Serves the download link of a merge's page. */
@Path("/compose/merge/{id}/adapter.zip")
public class MergeDownloadPage {

    private final RunDownloads downloads;
    private final DownloadResponses responses;

    MergeDownloadPage(RunDownloads downloads, DownloadResponses responses) {
        this.downloads = downloads;
        this.responses = responses;
    }

    @GET
    @Operation(hidden = true)
    public Response zip(String id, @Context Request conditions, @Context HttpServerRequest request) {
        return responses.to(downloads.merge(id), conditions, request);
    }
}
