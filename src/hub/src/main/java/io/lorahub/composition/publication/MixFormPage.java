package io.lorahub.composition.publication;

import io.lorahub.account.Publisher;
import io.lorahub.account.Viewer;
import io.lorahub.adapter.AdapterVersion;
import io.lorahub.adapter.card.Card;
import io.lorahub.adapter.card.CardForm;
import io.lorahub.composition.CompositionRun;
import io.lorahub.composition.result.Exports;
import io.lorahub.upload.Upload;
import io.lorahub.web.FormErrors;
import io.lorahub.web.ProblemException;
import io.quarkus.qute.CheckedTemplate;
import io.quarkus.qute.TemplateInstance;
import jakarta.enterprise.context.RequestScoped;
import jakarta.ws.rs.core.Response;
import java.net.URI;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.jboss.resteasy.reactive.RestForm;

/** The form for editing the card of a mix before publishing it, which runs and merges share. */
@RequestScoped
class MixFormPage {

    private final MixPublication publication;
    private final Exports exports;
    private final Viewer viewer;

    MixFormPage(MixPublication publication, Exports exports, Viewer viewer) {
        this.publication = publication;
        this.exports = exports;
        this.viewer = viewer;
    }

    @CheckedTemplate
    static class Templates {
        static native TemplateInstance publish(
                PublishableMix mix,
                MixForm form,
                List<Publisher> publishers,
                List<Exports.Made> compressed,
                Optional<AdapterVersion> earlier,
                FormErrors errors);

        private Templates() {}
    }

    /**
     * The form filled in with the proposed card.
     *
     * @param name last part of the address, as far as it is known
     */
    TemplateInstance proposed(PublishableMix mix, String name) {
        String visibility = publication
                .existing(Publisher.named(viewer.getName()).orElseThrow(), name)
                .map(adapter -> adapter.visibility.word())
                .orElse("public");
        return show(mix, MixForm.of(mix.card(), name, visibility), FormErrors.NONE);
    }

    /** Publishes it and redirects to the upload, or shows the form again with what must be changed. */
    Response publish(Supplier<PublishableMix> mix, MixForm form) {
        try {
            Upload upload = publication.publish(mix.get(), form.draft());
            return Response.seeOther(URI.create("/uploads/" + upload.id)).build();
        } catch (ProblemException e) {
            if (e.causes().isEmpty()) throw e;
            return FormErrors.show(e, errors -> show(mix.get(), form, errors));
        }
    }

    private TemplateInstance show(PublishableMix mix, MixForm form, FormErrors errors) {
        return Templates.publish(
                mix, form, Publisher.of(viewer.require()), compressed(mix), publication.earlier(mix.files()), errors);
    }

    /** Other files of a result that can be published. */
    private List<Exports.Made> compressed(PublishableMix mix) {
        if (mix.run() == null) return List.of();
        return exports.of(CompositionRun.findById(mix.run())).stream()
                .filter(made -> made.rank() > 0 && made.bytes() > 0)
                .toList();
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
