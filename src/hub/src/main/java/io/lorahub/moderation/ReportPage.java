package io.lorahub.moderation;

import io.lorahub.account.Viewer;
import io.lorahub.adapter.AdapterRights;
import io.lorahub.adapter.Adapters;
import io.lorahub.adapter.ModeratedEntity;
import io.lorahub.web.FormErrors;
import io.lorahub.web.ProblemException;
import io.lorahub.web.Toast;
import io.quarkus.qute.CheckedTemplate;
import io.quarkus.qute.TemplateInstance;
import io.quarkus.security.Authenticated;
import jakarta.transaction.Transactional;
import jakarta.ws.rs.FormParam;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;

/** Pages on which members report an adapter, or a repository without one, and its owners appeal. */
@Path("/{publisher}/{name}")
@Authenticated
@Produces(MediaType.TEXT_HTML)
public class ReportPage {

    private final Moderation moderation;
    private final Adapters adapters;
    private final AdapterRights rights;
    private final Viewer viewer;

    public ReportPage(Moderation moderation, Adapters adapters, AdapterRights rights, Viewer viewer) {
        this.moderation = moderation;
        this.adapters = adapters;
        this.rights = rights;
        this.viewer = viewer;
    }

    @CheckedTemplate
    static class Templates {
        static native TemplateInstance report(
                ModeratedEntity moderated,
                ReportCategory[] categories,
                String category,
                String text,
                FormErrors errors);

        static native TemplateInstance appeal(ModeratedEntity moderated, String text, FormErrors errors);

        private Templates() {}
    }

    @GET
    @Path("/report")
    @Transactional
    public TemplateInstance report(@PathParam("publisher") String publisher, @PathParam("name") String name) {
        return Templates.report(
                adapters.visibleModerated(publisher, name), ReportCategory.values(), "", "", FormErrors.NONE);
    }

    @POST
    @Path("/report")
    @Transactional
    public Response sendReport(
            @PathParam("publisher") String publisher,
            @PathParam("name") String name,
            @FormParam("category") String category,
            @FormParam("text") String text) {
        ModeratedEntity moderated = adapters.visibleModerated(publisher, name);
        try {
            moderation.report(moderated, category, text);
        } catch (ProblemException e) {
            TemplateInstance again =
                    Templates.report(moderated, ReportCategory.values(), category, text, FormErrors.of(e));
            return Response.status(e.status()).entity(again).build();
        }
        return Toast.seeOther("/" + moderated.address(), "Reported. A moderator will look at it.");
    }

    @GET
    @Path("/appeal")
    @Transactional
    public TemplateInstance appeal(@PathParam("publisher") String publisher, @PathParam("name") String name) {
        return Templates.appeal(own(publisher, name), "", FormErrors.NONE);
    }

    @POST
    @Path("/appeal")
    @Transactional
    public Response sendAppeal(
            @PathParam("publisher") String publisher, @PathParam("name") String name, @FormParam("text") String text) {
        ModeratedEntity moderated = own(publisher, name);
        try {
            moderation.appeal(moderated, text);
        } catch (ProblemException e) {
            return FormErrors.show(e, errors -> Templates.appeal(moderated, text, errors));
        }
        return Toast.seeOther("/" + moderated.address(), "Your appeal is with the moderators.");
    }

    private ModeratedEntity own(String publisher, String name) {
        viewer.require();
        ModeratedEntity moderated = adapters.visibleModerated(publisher, name);
        if (!rights.mayEdit(moderated)) throw ProblemException.notFound("adapter");
        return moderated;
    }
}
