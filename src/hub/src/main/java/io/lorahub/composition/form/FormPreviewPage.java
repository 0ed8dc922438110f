package io.lorahub.composition.form;

import io.lorahub.account.Viewer;
import io.quarkus.qute.CheckedTemplate;
import io.quarkus.qute.TemplateInstance;
import jakarta.ws.rs.BeanParam;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import java.util.Optional;

/** The parts of the form that follow from what is entered; the form's script asks for them after a change. */
@Path("/compose/preview")
@Produces(MediaType.TEXT_HTML)
public class FormPreviewPage {

    private final Viewer viewer;
    private final CandidateFinder finder;
    private final FormPreviews previews;

    FormPreviewPage(Viewer viewer, CandidateFinder finder, FormPreviews previews) {
        this.viewer = viewer;
        this.finder = finder;
        this.previews = previews;
    }

    @CheckedTemplate
    static class Templates {
        static native TemplateInstance preview(FormPreview preview);

        private Templates() {}
    }

    @POST
    @Consumes({MediaType.MULTIPART_FORM_DATA, MediaType.APPLICATION_FORM_URLENCODED})
    public TemplateInstance preview(@BeanParam RunForm form) {
        var person = viewer.require();
        RunForm sent = form.sent();
        return Templates.preview(previews.of(Optional.of(person), sent, finder.rows(sent.candidates, sent.baseModel)));
    }
}
