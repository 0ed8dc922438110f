package io.lorahub.download;

import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.core.Response;
import org.eclipse.microprofile.openapi.annotations.Operation;

/** Serves the download links of an adapter's pages. */
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
    public Response file(String publisher, String name, String label, String file) {
        return responses.of(downloads.file(publisher, name, label, file));
    }

    @GET
    @Path("/download/{label}.zip")
    @Operation(hidden = true)
    public Response zip(String publisher, String name, String label) {
        return responses.of(downloads.zip(publisher, name, label));
    }

    /** The files made for another program. */
    @GET
    @Path("/export/{label}/{program}.zip")
    @Operation(hidden = true)
    public Response export(String publisher, String name, String label, String program) {
        return responses.of(downloads.made(publisher, name, label, program));
    }
}
