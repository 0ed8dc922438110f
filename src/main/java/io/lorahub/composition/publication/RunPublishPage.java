package io.lorahub.composition.publication;

import io.lorahub.account.Publisher;
import io.lorahub.account.Viewer;
import io.lorahub.adapter.AdapterVersion;
import io.lorahub.adapter.card.Card;
import io.lorahub.adapter.card.CardForm;
import io.lorahub.composition.CompositionRun;
import io.lorahub.composition.result.Exports;
import io.lorahub.web.FormErrors;
import io.lorahub.web.ProblemException;
import io.quarkus.qute.CheckedTemplate;
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
import java.net.URI;
import java.util.List;
import java.util.Optional;
import org.jboss.resteasy.reactive.RestForm;

/** The page for editing the card of a run's result before publishing it as an adapter. */
@Path("/runs/{run}/publish")
@Produces(MediaType.TEXT_HTML)
public class RunPublishPage {

    private final RunPublishing publishing;
    private final Exports exports;
    private final Viewer viewer;

    RunPublishPage(RunPublishing publishing, Exports exports, Viewer viewer) {
        this.publishing = publishing;
        this.exports = exports;
        this.viewer = viewer;
    }

    @CheckedTemplate
    static class Templates {
        static native TemplateInstance publish(
                CompositionRun run,
                MixProposal proposal,
                MixForm form,
                List<Publisher> publishers,
                List<Exports.Made> compressed,
                Optional<AdapterVersion> earlier,
                FormErrors errors);

        private Templates() {}
    }

    @GET
    public TemplateInstance show(@PathParam("run") String id, @QueryParam("name") @DefaultValue("") String name) {
        CompositionRun run = publishing.run(id);
        MixProposal proposal = publishing.proposal(run);
        String visibility = publishing
                .existing(Publisher.named(viewer.getName()).orElseThrow(), name)
                .map(adapter -> adapter.visibility.word())
                .orElse("public");
        return page(run, proposal, MixForm.of(proposal.card(), name, visibility), FormErrors.NONE);
    }

    @POST
    public Response publish(@PathParam("run") String id, @BeanParam MixForm form) {
        try {
            return Response.seeOther(URI.create("/uploads/" + publishing.publish(id, form.draft()).id))
                    .build();
        } catch (ProblemException e) {
            if (e.causes().isEmpty()) throw e;
            CompositionRun run = publishing.run(id);
            return Response.status(422)
                    .entity(page(run, publishing.proposal(run), form, FormErrors.of(e.causes())))
                    .build();
        }
    }

    private TemplateInstance page(CompositionRun run, MixProposal proposal, MixForm form, FormErrors errors) {
        return Templates.publish(
                run,
                proposal,
                form,
                Publisher.of(viewer.require()),
                exports.of(run).stream()
                        .filter(made -> made.rank() > 0 && made.bytes() > 0)
                        .toList(),
                publishing.earlier(run),
                errors);
    }

    /** The publication form as filled in. */
    public static class MixForm extends CardForm {

        @RestForm
        public String publisher;

        @RestForm
        public String name;

        @RestForm
        public String export;

        @RestForm
        public boolean recipe;

        /** A form filled in with the proposal. */
        static MixForm of(Card card, String name, String visibility) {
            MixForm form = new MixForm();
            form.fill(card.json());
            form.name = name;
            form.visibility = visibility;
            return form;
        }

        MixDraft draft() {
            return to(MixDraft.class);
        }
    }
}
