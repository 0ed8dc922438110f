package io.lorahub.moderation;

import io.lorahub.moderation.ModerationViews.EntryView;
import io.quarkus.qute.CheckedTemplate;
import io.quarkus.qute.TemplateInstance;
import jakarta.annotation.security.RolesAllowed;
import jakarta.ws.rs.DefaultValue;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.UriBuilder;
import java.util.List;

/** The audit log, for moderators. */
@Path("/moderation/audit")
@RolesAllowed("MODERATOR")
@Produces(MediaType.TEXT_HTML)
public class AuditPage {

    private static final int ROWS = 50;

    private final AuditTrail audit;

    AuditPage(AuditTrail audit) {
        this.audit = audit;
    }

    @CheckedTemplate
    static class Templates {
        static native TemplateInstance audit(
                List<EntryView> entries, String actor, String action, String subject, String next);

        private Templates() {}
    }

    @GET
    public TemplateInstance audit(
            @QueryParam("before") Long before,
            @QueryParam("actor") @DefaultValue("") String actor,
            @QueryParam("action") @DefaultValue("") String action,
            @QueryParam("subject") @DefaultValue("") String subject) {
        List<EntryView> entries = audit.page(before, actor, action, subject, ROWS + 1);
        List<EntryView> shown = entries.subList(0, Math.min(ROWS, entries.size()));
        String next = entries.size() <= ROWS
                ? null
                : UriBuilder.fromPath("/moderation/audit")
                        .queryParam("before", shown.get(ROWS - 1).id())
                        .queryParam("actor", "{actor}")
                        .queryParam("action", "{action}")
                        .queryParam("subject", "{subject}")
                        .build(actor, action, subject)
                        .toString();
        return Templates.audit(shown, actor, action, subject, next);
    }
}
