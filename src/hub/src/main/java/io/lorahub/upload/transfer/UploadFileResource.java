package io.lorahub.upload.transfer;

import io.lorahub.upload.UploadFile;
import io.lorahub.upload.UploadView;
import io.lorahub.upload.Uploads;
import io.lorahub.web.BodyStream;
import io.lorahub.web.CachePolicy;
import io.lorahub.web.DrainingGuard;
import io.lorahub.web.Problem;
import io.lorahub.web.ProblemException;
import io.lorahub.web.budget.RequestBudgets;
import io.quarkus.security.Authenticated;
import jakarta.transaction.Transactional;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.HEAD;
import jakarta.ws.rs.HeaderParam;
import jakarta.ws.rs.PATCH;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.UriInfo;
import java.util.List;
import java.util.UUID;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.parameters.RequestBody;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jboss.resteasy.reactive.server.ServerExceptionMapper;

/**
 * The bytes of one file, according to the IETF draft "Resumable Uploads for HTTP": HEAD returns how many have been
 * received, PATCH sends more. Bytes received before a connection breaks are kept.
 */
@Path(UploadView.PATH + "/{id}/files/{name}")
@Authenticated
@Tag(name = "Uploads")
public class UploadFileResource {

    private static final String PARTIAL_UPLOAD = "application/partial-upload";
    private static final String OFFSET = "Upload-Offset";
    private static final String COMPLETE = "Upload-Complete";
    private static final String LENGTH = "Upload-Length";

    private final Uploads uploads;
    private final UploadReceiver receiver;
    private final DrainingGuard draining;
    private final RequestBudgets budgets;

    UploadFileResource(Uploads uploads, UploadReceiver receiver, DrainingGuard draining, RequestBudgets budgets) {
        this.uploads = uploads;
        this.receiver = receiver;
        this.draining = draining;
        this.budgets = budgets;
    }

    @HEAD
    @Transactional
    @Operation(summary = "How much of a file has arrived: Upload-Offset, Upload-Length, Upload-Complete")
    @APIResponse(responseCode = "204", description = "The answer is in the headers.")
    public Response offset(UUID id, String name) {
        UploadFile file = uploads.ownOfAnyKind(id).file(name).orElseThrow(() -> ProblemException.notFound("file"));
        return progress(file.offset(), file.size, file.isWhole()).build();
    }

    @PATCH
    @Consumes(PARTIAL_UPLOAD)
    @Operation(summary = "Sends the bytes of a file from Upload-Offset on")
    @APIResponse(responseCode = "204", description = "The headers say how much has arrived.")
    @RequestBody(required = true, content = @Content(mediaType = PARTIAL_UPLOAD))
    public Response append(
            UUID id,
            String name,
            @HeaderParam(OFFSET) Long offset,
            @HeaderParam(HttpHeaders.CONTENT_LENGTH) Long length) {
        draining.requireTime();
        if (offset == null || offset < 0) {
            throw ProblemException.badRequest(
                    "The header Upload-Offset is missing. Send the number of bytes that have already arrived; at first, 0.");
        }
        try (BodyStream body = budgets.current().receive()) {
            UploadReceiver.Progress progress = receiver.receive(id, name, offset, length == null ? 0 : length, body);
            return progress(progress.offset(), progress.size(), progress.isComplete())
                    .build();
        }
    }

    @ServerExceptionMapper
    public Response wrongOffset(WrongOffsetException failure, UriInfo uri) {
        Problem problem = new Problem(409, "Conflict", failure.getMessage(), uri.getPath(), null, List.of());
        return Response.status(Response.Status.CONFLICT)
                .header(OFFSET, failure.expected())
                .type(Problem.MEDIA_TYPE)
                .entity(problem)
                .build();
    }

    /** Complete is a boolean of RFC 9651. */
    private static Response.ResponseBuilder progress(long offset, long size, boolean complete) {
        return Response.noContent()
                .header(OFFSET, offset)
                .header(LENGTH, size)
                .header(COMPLETE, complete ? "?1" : "?0")
                .header(HttpHeaders.CACHE_CONTROL, CachePolicy.NO_STORE.value());
    }
}
