package io.lorahub.download;

import io.lorahub.account.Viewer;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.core.Response;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;

/** The files of a merge in the API. */
@Path("/api/v1/merges/{id}/zip")
@Tag(name = "Merges")
public class MergeDownloadResource {

    private final Viewer viewer;
    private final RunDownloads downloads;
    private final DownloadResponses responses;

    MergeDownloadResource(Viewer viewer, RunDownloads downloads, DownloadResponses responses) {
        this.viewer = viewer;
        this.downloads = downloads;
        this.responses = responses;
    }

    @GET
    @Operation(
            summary = "The merged adapter in one zip",
            description = "409 until the merge has succeeded. Supports conditional and range requests.")
    @APIResponse(responseCode = "200", description = "The zip", content = @Content(mediaType = "application/zip"))
    @APIResponse(responseCode = "206", description = "The requested range")
    @APIResponse(responseCode = "304", description = "Not modified since the ETag in If-None-Match.")
    public Response zip(String id) {
        viewer.require();
        return responses.of(downloads.merge(id));
    }
}
