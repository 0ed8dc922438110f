package io.lorahub.composition.publication;

import io.lorahub.composition.publication.MixFormPage.MixForm;
import io.quarkus.qute.TemplateInstance;
import jakarta.ws.rs.BeanParam;
import jakarta.ws.rs.DefaultValue;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.util.List;

/** The page for editing the card of a merge before publishing it as an adapter. */
@Path("/compose/merge/{id}/publish")
@Produces(MediaType.TEXT_HTML)
public class MergePublishPage {

    private final MergePublishing publishing;
    private final MixFormPage page;

    MergePublishPage(MergePublishing publishing, MixFormPage page) {
        this.publishing = publishing;
        this.page = page;
    }

    @GET
    public TemplateInstance show(@PathParam("id") String id, @QueryParam("name") @DefaultValue("") String name) {
        return page.proposed(publishing.mix(id), action(id), List.of(), name);
    }

    @POST
    public Response publish(@PathParam("id") String id, @BeanParam MixForm form) {
        return MixFormPage.answer(
                () -> publishing.publish(id, form.draft()),
                errors -> page.show(publishing.mix(id), action(id), List.of(), form, errors));
    }

    private static String action(String id) {
        return "/compose/merge/%s/publish".formatted(id);
    }
}
