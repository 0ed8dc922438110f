package io.lorahub.moderation;

import io.lorahub.adapter.AdapterState;
import io.lorahub.adapter.Adapters;
import io.lorahub.adapter.ModeratedEntity;
import io.lorahub.adapter.Repository;
import io.lorahub.web.FormErrors;
import io.lorahub.web.ProblemException;
import io.lorahub.web.Toast;
import io.quarkus.qute.CheckedTemplate;
import io.quarkus.qute.TemplateInstance;
import jakarta.annotation.security.RolesAllowed;
import jakarta.transaction.Transactional;
import jakarta.ws.rs.DefaultValue;
import jakarta.ws.rs.FormParam;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.util.List;

/** The queue and single cases, for moderators. */
@Path("/moderation")
@RolesAllowed("MODERATOR")
@Produces(MediaType.TEXT_HTML)
public class ModerationPage {

    private static final int CASES = 10;

    private final ModerationQueue queue;
    private final Moderation moderation;
    private final Adapters adapters;

    public ModerationPage(ModerationQueue queue, Moderation moderation, Adapters adapters) {
        this.queue = queue;
        this.moderation = moderation;
        this.adapters = adapters;
    }

    @CheckedTemplate
    static class Templates {
        static native TemplateInstance queue(
                List<CaseFile> files, FormErrors none, String range, String previous, String next);

        static native TemplateInstance file(CaseFile file, FormErrors errors, String reason);

        private Templates() {}
    }

    @GET
    @Transactional
    public TemplateInstance queue(@QueryParam("page") @DefaultValue("1") int asked) {
        int page = Math.max(1, Math.min(asked, 10_000));
        long size = queue.size();
        int from = (page - 1) * CASES;
        List<CaseFile> files = queue.first(CASES, from).stream()
                .map(entry -> new CaseFile(entry.repository(), entry.since(), adapters::maySee))
                .toList();
        String range = size == 0 ? null : "%d to %d of %d".formatted(from + 1, from + files.size(), size);
        return Templates.queue(
                files,
                FormErrors.NONE,
                range,
                page > 1 ? "/moderation?page=" + (page - 1) : null,
                from + files.size() < size ? "/moderation?page=" + (page + 1) : null);
    }

    @GET
    @Path("/cases/{publisher}/{name}")
    @Transactional
    public TemplateInstance file(@PathParam("publisher") String publisher, @PathParam("name") String name) {
        return Templates.file(
                new CaseFile(Repository.of(adapters.visibleModerated(publisher, name)), null, adapters::maySee),
                FormErrors.NONE,
                "");
    }

    @POST
    @Path("/cases/{publisher}/{name}")
    @Transactional
    public Response decide(
            @PathParam("publisher") String publisher,
            @PathParam("name") String name,
            @FormParam("action") String word,
            @FormParam("reason") String reason,
            @FormParam("edition") @DefaultValue("-1") int edition) {
        ModeratedEntity moderated = adapters.visibleModerated(publisher, name);
        try {
            ModerationAction action = ModerationAction.of(word)
                    .orElseThrow(() -> ProblemException.invalid("action", "Choose one of the decisions."));
            AdapterState before = moderated.state;
            moderation.decide(moderated, action, reason, edition);
            return Toast.seeOther("/moderation", action.done(moderated.address(), before));
        } catch (ProblemException e) {
            CaseFile file = new CaseFile(Repository.of(moderated), null, adapters::maySee);
            return FormErrors.show(e, errors -> Templates.file(file, errors, reason));
        }
    }
}
