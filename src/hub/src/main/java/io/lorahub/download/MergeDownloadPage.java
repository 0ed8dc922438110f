package io.lorahub.download;

import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
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
    public Response zip(String id) {
        return responses.of(downloads.merge(id));
    }
}
