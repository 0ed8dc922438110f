package io.lorahub.download;

import io.lorahub.composition.conversion.ConversionRequests;
import io.lorahub.composition.task.TaskResult;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.core.Response;
import java.util.Optional;
import java.util.stream.Collectors;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.parameters.Parameter;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jboss.resteasy.reactive.RestQuery;

/** The files of a version in the API, also as other programs load them. */
@Path("/api/v1/adapters/{publisher}/{name}/versions/{label}")
@Tag(name = "Adapters")
public class DownloadResource {

    static final String EXPORT = "The adapter as another program loads it, in one zip";

    static final String EXPORT_DESCRIPTION =
            "A worker makes the files; they are kept for an hour. While they are being made, the answer is 503 with"
                    + " Retry-After, so curl --retry fetches them with one command. LoraHub-Rank says their rank,"
                    + " LoraHub-Relative-Error the share of the update that was lost, and LoraHub-Changes, a list of"
                    + " strings (RFC 9651), what was done. HEAD answers the same without the zip. Supports conditional"
                    + " and range requests.";

    static final String PROGRAM = "peft, vllm, sglang, lorax, llama.cpp, mlx or ollama";

    private final ConversionRequests conversions;
    private final Downloads downloads;
    private final DownloadResponses responses;

    DownloadResource(ConversionRequests conversions, Downloads downloads, DownloadResponses responses) {
        this.conversions = conversions;
        this.downloads = downloads;
        this.responses = responses;
    }

    @GET
    @Path("/files/{file}")
    @Operation(summary = "One file of a version, whole or in ranges; its ETag is its SHA-256")
    @APIResponse(
            responseCode = "200",
            description = "The bytes",
            content = @Content(mediaType = "application/octet-stream"))
    @APIResponse(responseCode = "206", description = "The requested range")
    @APIResponse(responseCode = "304", description = "Not modified since the ETag in If-None-Match.")
    public Response file(String publisher, String name, String label, String file) {
        return responses.of(downloads.file(publisher, name, label, file));
    }

    @GET
    @Path("/zip")
    @Operation(
            summary = "All files of a version in one zip, whole or in ranges",
            description = "A download of the zip or of the weights counts once a day for each member or address.")
    @APIResponse(responseCode = "200", description = "The zip", content = @Content(mediaType = "application/zip"))
    @APIResponse(responseCode = "206", description = "The requested range")
    @APIResponse(responseCode = "304", description = "Not modified since the ETag in If-None-Match.")
    public Response zip(String publisher, String name, String label) {
        return responses.of(downloads.zip(publisher, name, label));
    }

    @GET
    @Path("/export")
    @Operation(summary = EXPORT, description = EXPORT_DESCRIPTION)
    @APIResponse(responseCode = "200", description = "The zip", content = @Content(mediaType = "application/zip"))
    @APIResponse(responseCode = "206", description = "The requested range")
    @APIResponse(responseCode = "304", description = "Not modified since the ETag in If-None-Match.")
    public Response export(
            String publisher,
            String name,
            String label,
            @Parameter(description = PROGRAM) @RestQuery("for") Optional<String> program) {
        ConversionRequests.Ready ready = conversions.version(publisher, name, label, program);
        return described(responses.of(downloads.made(publisher, name, label, ready.task())), ready.result());
    }

    /** With what was done to the adapter. */
    static Response described(Response response, TaskResult.Convert made) {
        return Response.fromResponse(response)
                .header("LoraHub-Rank", made.rank())
                .header("LoraHub-Relative-Error", made.relativeError())
                .header(
                        "LoraHub-Changes",
                        made.changes().stream().map(DownloadResource::quoted).collect(Collectors.joining(", ")))
                .build();
    }

    /** A string of a structured field, which has only printable ASCII characters. */
    private static String quoted(String text) {
        return '"' + text.replaceAll("[^ -~]", "?").replace("\\", "\\\\").replace("\"", "\\\"") + '"';
    }
}
