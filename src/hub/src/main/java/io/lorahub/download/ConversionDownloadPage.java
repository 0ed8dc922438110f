package io.lorahub.download;

import io.vertx.core.http.HttpServerRequest;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.Request;
import jakarta.ws.rs.core.Response;
import org.eclipse.microprofile.openapi.annotations.Operation;

/** Serves the files of a version that were made for other programs. */
@Path("/{publisher}/{name}/export/{label}")
public class ConversionDownloadPage {

    private final Downloads downloads;
    private final DownloadResponses responses;

    ConversionDownloadPage(Downloads downloads, DownloadResponses responses) {
        this.downloads = downloads;
        this.responses = responses;
    }

    @GET
    @Path("/{program}.zip")
    @Operation(hidden = true)
    public Response zip(
            String publisher,
            String name,
            String label,
            String program,
            @Context Request conditions,
            @Context HttpServerRequest request) {
        return responses.to(downloads.made(publisher, name, label, program), conditions, request);
    }
}
