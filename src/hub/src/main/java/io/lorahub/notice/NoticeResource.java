package io.lorahub.notice;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import io.lorahub.account.Viewer;
import io.lorahub.web.ProblemException;
import jakarta.ws.rs.DefaultValue;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.UriInfo;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponseSchema;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;

/** The caller's notices, in the API. */
@Path("/api/v1/me/notices")
@Produces(MediaType.APPLICATION_JSON)
@Tag(name = "Account")
public class NoticeResource {

    private static final int MOST = 100;

    /** @param link a path of this site; empty if there is nothing to open */
    @JsonNaming(SnakeCaseStrategy.class)
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record NoticeView(long id, String title, String body, String link, Instant createdAt, Instant readAt) {

        static NoticeView of(Notice notice) {
            return new NoticeView(notice.id, notice.title, notice.body, notice.link, notice.createdAt, notice.readAt);
        }
    }

    private final NotificationInbox inbox;
    private final Viewer viewer;

    NoticeResource(NotificationInbox inbox, Viewer viewer) {
        this.inbox = inbox;
        this.viewer = viewer;
    }

    @GET
    @Operation(summary = "List my notices, newest first; the header Link leads to older ones")
    @APIResponseSchema(NoticeView[].class)
    public Response list(
            @QueryParam("before") Long before,
            @QueryParam("limit") @DefaultValue("20") int limit,
            @Context UriInfo uri) {
        if (limit < 1 || limit > MOST) {
            throw ProblemException.invalid("limit", "The limit is %d; it can be 1 to %d.".formatted(limit, MOST));
        }
        NotificationInbox.Slice slice = inbox.of(viewer.require().id, Optional.ofNullable(before), limit);
        List<NoticeView> views = slice.notices().stream().map(NoticeView::of).toList();
        Response.ResponseBuilder answer = Response.ok(views);
        if (slice.older()) {
            answer.link(
                    uri.getRequestUriBuilder()
                            .replaceQueryParam("before", slice.next())
                            .build(),
                    "next");
        }
        return answer.build();
    }

    @POST
    @Path("/{id}/read")
    @Operation(summary = "Mark a notice as read")
    @APIResponse(responseCode = "204", description = "It is read.")
    public void read(@PathParam("id") long id) {
        inbox.read(viewer.require().id, id).orElseThrow(() -> ProblemException.notFound("notice"));
    }

    @POST
    @Path("/read")
    @Operation(summary = "Mark all notices as read")
    @APIResponse(responseCode = "204", description = "They are read.")
    public void readAll() {
        inbox.readAll(viewer.require().id);
    }
}
