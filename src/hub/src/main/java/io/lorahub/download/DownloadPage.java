package io.lorahub.download;

import io.vertx.core.http.HttpServerRequest;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.Request;
import jakarta.ws.rs.core.Response;
import org.eclipse.microprofile.openapi.annotations.Operation;

/** Serves the download links of an adapter's page. */
@Path("/{publisher}/{name}")
public class DownloadPage {

    private final Downloads downloads;
    private final DownloadResponses responses;

    DownloadPage(Downloads downloads, DownloadResponses responses) {
        this.downloads = downloads;
        this.responses = responses;
    }

    @GET
    @Path("/files/{label}/{file}")
    @Operation(hidden = true)
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
    @Path("/download/{label}.zip")
    @Operation(hidden = true)
    public Response zip(
            String publisher,
            String name,
            String label,
            @Context Request conditions,
            @Context HttpServerRequest request) {
        return responses.to(downloads.zip(publisher, name, label), conditions, request);
    }
}
