package io.lorahub.notice;

import io.lorahub.account.Viewer;
import io.lorahub.web.LocalPath;
import io.lorahub.web.ProblemException;
import io.lorahub.web.Toast;
import io.quarkus.qute.CheckedTemplate;
import io.quarkus.qute.TemplateInstance;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.util.Optional;

/** A person's inbox. */
@Path("/inbox")
@Produces(MediaType.TEXT_HTML)
public class InboxPage {

    private static final int PER_PAGE = 20;

    private final NotificationInbox inbox;
    private final Viewer viewer;

    InboxPage(NotificationInbox inbox, Viewer viewer) {
        this.inbox = inbox;
        this.viewer = viewer;
    }

    @CheckedTemplate
    static class Templates {
        static native TemplateInstance show(
                NotificationInbox.Slice slice, boolean first, long unread, String newest, String next);
    }

    @GET
    public TemplateInstance show(@QueryParam("before") Long before) {
        NotificationInbox.Slice slice = inbox.of(viewer.requireSession().id, Optional.ofNullable(before), PER_PAGE);
        String next = slice.older() ? "/inbox?before=" + slice.next() : null;
        boolean first = before == null;
        return Templates.show(slice, first, inbox.count(), first ? null : "/inbox", next);
    }

    /** Marks the notice as read and redirects to its subject. */
    @POST
    @Path("/{id}/open")
    public Response open(@PathParam("id") long id) {
        Notice notice =
                inbox.read(viewer.requireSession().id, id).orElseThrow(() -> ProblemException.notFound("notice"));
        String link = notice.link.isEmpty() ? "/inbox" : notice.link;
        return Response.seeOther(LocalPath.orStart(link).uri()).build();
    }

    @POST
    @Path("/read")
    public Response readAll() {
        inbox.readAll(viewer.requireSession().id);
        return Toast.seeOther("/inbox", "All notices are marked as read.");
    }
}
