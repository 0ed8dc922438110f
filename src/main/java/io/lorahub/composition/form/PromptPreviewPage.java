package io.lorahub.composition.form;

import io.lorahub.account.Viewer;
import io.lorahub.basemodel.BaseModelRecord;
import io.lorahub.composition.RunSpec;
import io.lorahub.composition.model.ModelTokenizers;
import io.quarkus.qute.CheckedTemplate;
import io.quarkus.qute.TemplateInstance;
import jakarta.ws.rs.BeanParam;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The part of the form that shows how the base model reads the first example; the form's script asks for it. */
@Path("/compose/prompt")
@Produces(MediaType.TEXT_HTML)
public class PromptPreviewPage {

    private final Viewer viewer;
    private final CandidateFinder finder;
    private final ModelTokenizers tokenizers;

    PromptPreviewPage(Viewer viewer, CandidateFinder finder, ModelTokenizers tokenizers) {
        this.viewer = viewer;
        this.finder = finder;
        this.tokenizers = tokenizers;
    }

    @CheckedTemplate
    static class Templates {
        static native TemplateInstance preview(Optional<PromptPreview> preview);

        private Templates() {}
    }

    @POST
    @Consumes({MediaType.MULTIPART_FORM_DATA, MediaType.APPLICATION_FORM_URLENCODED})
    public TemplateInstance preview(@BeanParam RunForm form) {
        viewer.require();
        RunForm sent = form.sent();
        Optional<BaseModelRecord> base = finder.baseModel(sent, finder.rows(sent.candidates, sent.baseModel))
                .flatMap(BaseModelRecord::named);
        RunSpec spec = new RunFormParser(sent).spec(List.of(), new ArrayList<>());
        return Templates.preview(PromptPreview.of(tokenizers, base, spec));
    }
}
