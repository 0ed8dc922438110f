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

/** The page for editing the card of a run's result before publishing it as an adapter. */
@Path("/runs/{run}/publish")
@Produces(MediaType.TEXT_HTML)
public class RunPublishPage {

    private final PublishableMixes mixes;
    private final MixFormPage page;

    RunPublishPage(PublishableMixes mixes, MixFormPage page) {
        this.mixes = mixes;
        this.page = page;
    }

    @GET
    public TemplateInstance show(@PathParam("run") String id, @QueryParam("name") @DefaultValue("") String name) {
        return page.proposed(mixes.run(id), name);
    }

    @POST
    public Response publish(@PathParam("run") String id, @BeanParam MixForm form) {
        return page.publish(() -> mixes.run(id), form);
    }
}
