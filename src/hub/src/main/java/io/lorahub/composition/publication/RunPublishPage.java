package io.lorahub.composition.publication;

import io.lorahub.composition.CompositionRun;
import io.lorahub.composition.publication.MixFormPage.MixForm;
import io.lorahub.composition.result.Exports;
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

/** The page for editing the card of a run's result before publishing it as an adapter. */
@Path("/runs/{run}/publish")
@Produces(MediaType.TEXT_HTML)
public class RunPublishPage {

    private final RunPublishing publishing;
    private final Exports exports;
    private final MixFormPage page;

    RunPublishPage(RunPublishing publishing, Exports exports, MixFormPage page) {
        this.publishing = publishing;
        this.exports = exports;
        this.page = page;
    }

    @GET
    public TemplateInstance show(@PathParam("run") String id, @QueryParam("name") @DefaultValue("") String name) {
        CompositionRun run = publishing.run(id);
        return page.proposed(publishing.mix(run), action(id), compressed(run), name);
    }

    @POST
    public Response publish(@PathParam("run") String id, @BeanParam MixForm form) {
        return MixFormPage.answer(() -> publishing.publish(id, form.draft()), errors -> {
            CompositionRun run = publishing.run(id);
            return page.show(publishing.mix(run), action(id), compressed(run), form, errors);
        });
    }

    private static String action(String id) {
        return "/runs/%s/publish".formatted(id);
    }

    private List<Exports.Made> compressed(CompositionRun run) {
        return exports.of(run).stream()
                .filter(made -> made.rank() > 0 && made.bytes() > 0)
                .toList();
    }
}
