package io.lorahub.upload.page;

import io.lorahub.account.Publisher;
import io.lorahub.adapter.Adapter;
import io.lorahub.adapter.AdapterFacts;
import io.lorahub.adapter.AdapterVersion;
import io.lorahub.adapter.editing.AdapterEditPage;
import io.lorahub.adapter.publication.Publishing;
import io.lorahub.basemodel.BaseModels;
import io.lorahub.upload.Upload;
import io.lorahub.upload.UploadState;
import io.lorahub.upload.Uploads;
import io.lorahub.upload.check.CheckList;
import io.lorahub.upload.check.UploadRepair;
import io.lorahub.upload.publication.Drafts;
import io.lorahub.upload.publication.UploadPublishing;
import io.lorahub.upload.transfer.FileForm;
import io.lorahub.upload.transfer.FormUpload;
import io.lorahub.web.FormErrors;
import io.lorahub.web.ProblemException;
import io.lorahub.web.Toast;
import io.quarkus.qute.CheckedTemplate;
import io.quarkus.qute.TemplateInstance;
import io.quarkus.security.Authenticated;
import jakarta.ws.rs.BeanParam;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.net.URI;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jboss.resteasy.reactive.RestForm;
import org.jboss.resteasy.reactive.multipart.FileUpload;

/** The page of an upload until it becomes a published adapter: files, checks, card. */
@Path("/uploads/{id}")
@Authenticated
@Produces(MediaType.TEXT_HTML)
public class DraftPage {

    @CheckedTemplate
    static class Templates {
        static native TemplateInstance show(DraftPageModel model, FormErrors errors);

        static native TemplateInstance mix(DraftPageModel model);

        static native TemplateInstance checks(DraftPageModel model);

        static native TemplateInstance discard(Upload upload);

        private Templates() {}
    }

    private final Uploads uploads;
    private final Drafts drafts;
    private final Publishing adapters;
    private final BaseModels models;
    private final UploadRepair repair;
    private final UploadPublishing publishing;
    private final FormUpload sending;

    DraftPage(
            Uploads uploads,
            Drafts drafts,
            Publishing adapters,
            BaseModels models,
            UploadRepair repair,
            UploadPublishing publishing,
            FormUpload sending) {
        this.uploads = uploads;
        this.drafts = drafts;
        this.adapters = adapters;
        this.models = models;
        this.repair = repair;
        this.publishing = publishing;
        this.sending = sending;
    }

    @GET
    public Response show(UUID id) {
        Upload upload = uploads.own(id);
        if (upload.getState() == UploadState.CANCELLED) throw ProblemException.gone("This upload was discarded.");
        if (upload.getState() == UploadState.PUBLISHED) return published(upload);
        DraftPageModel model = model(upload);
        return Response.ok(upload.isMix() ? Templates.mix(model) : Templates.show(model, FormErrors.NONE))
                .build();
    }

    private static Response published(Upload upload) {
        if (upload.adapter == null)
            throw ProblemException.gone("This was published, but the adapter has since been deleted.");
        String page = "/" + upload.adapter.address();
        return upload.isMix()
                ? Toast.seeOther(
                        page, "It passed its checks and is published as %s.".formatted(upload.adapter.address()))
                : Toast.seeOther(page, "This upload is published.");
    }

    /** Returns only the checks while they are running, and the whole page afterwards. */
    @GET
    @Path("/checks")
    public Response checks(UUID id) {
        Upload upload = uploads.own(id);
        if (upload.getState() != UploadState.CHECKING) {
            return Response.noContent().header("HX-Refresh", "true").build();
        }
        return Response.ok(Templates.checks(model(upload))).build();
    }

    @POST
    public Response save(UUID id, @BeanParam DraftForm form, @RestForm("do") Optional<String> action) {
        try {
            return switch (action.orElse("save")) {
                case "publish" -> publish(id, form);
                case "card" -> useCard(id, form);
                case "preview" ->
                    Response.ok(page(id, form, FormErrors.NONE, form.description))
                            .build();
                default -> save(id, form);
            };
        } catch (ProblemException e) {
            return invalid(id, form, e);
        }
    }

    /** Replaces what was typed. */
    private Response useCard(UUID id, DraftForm form) {
        drafts.setTarget(id, form.adapter);
        return Toast.seeOther(
                "/uploads/" + id,
                form.adapter.isEmpty()
                        ? "It will be a new adapter."
                        : "It will be a new version of %s, whose card is below.".formatted(form.adapter));
    }

    private Response save(UUID id, DraftForm form) {
        drafts.change(id, form.draft(), Optional.empty());
        return Toast.seeOther("/uploads/" + id, "The draft is saved.");
    }

    private Response publish(UUID id, DraftForm form) {
        AdapterVersion version = publishing.publishFromForm(id, form.draft());
        Adapter adapter = version.adapter;
        return Toast.seeOther("/" + adapter.address(), "Published %s %s.".formatted(adapter.address(), version.label));
    }

    @POST
    @Path("/preview")
    public TemplateInstance preview(UUID id, @RestForm String description) {
        uploads.own(id);
        return AdapterEditPage.previewOf(description);
    }

    /** Also saves the values typed into the card, because the button is next to its form. */
    @POST
    @Path("/base-model")
    public Response nameBase(UUID id, @BeanParam DraftForm form, @RestForm("base_model") String model) {
        try {
            drafts.change(id, form.draft().onBase(model == null ? "" : model), Optional.empty());
            return Response.seeOther(URI.create("/uploads/" + id)).build();
        } catch (ProblemException e) {
            return invalid(id, form, e);
        }
    }

    @POST
    @Path("/checks")
    public Response checkAgain(UUID id, @BeanParam DraftForm form) {
        Response shown = Response.seeOther(URI.create("/uploads/" + id)).build();
        if (uploads.own(id).isMix()) {
            repair.checkAgain(id);
            return shown;
        }
        try {
            drafts.change(id, form.draft(), Optional.empty());
            repair.checkAgain(id);
            return shown;
        } catch (ProblemException e) {
            return invalid(id, form, e);
        }
    }

    /** For browsers without scripts. */
    @FileForm
    @POST
    @Path("/files")
    @Consumes(MediaType.MULTIPART_FORM_DATA)
    public Response send(UUID id, @RestForm("files") List<FileUpload> files) {
        try {
            sending.replace(id, files);
            return Response.seeOther(URI.create("/uploads/" + id)).build();
        } catch (ProblemException e) {
            return invalid(id, null, e);
        }
    }

    @GET
    @Path("/discard")
    public TemplateInstance askBeforeDiscarding(UUID id) {
        return Templates.discard(uploads.own(id));
    }

    @POST
    @Path("/discard")
    public Response discard(UUID id) {
        uploads.cancel(id);
        return Toast.seeOther("/uploads", "The upload and its files were discarded.");
    }

    private Response invalid(UUID id, DraftForm form, ProblemException e) {
        return FormErrors.show(e, errors -> page(id, form, errors, null));
    }

    private TemplateInstance page(UUID id, DraftForm form, FormErrors errors, String preview) {
        Upload upload = uploads.own(id);
        upload.requireSent(); // a mix has no form, so its errors become a page of their own
        DraftForm typed = form == null ? DraftForm.of(upload, drafts.of(upload)) : form;
        return Templates.show(model(upload, typed, preview), errors);
    }

    private DraftPageModel model(Upload upload) {
        return model(upload, DraftForm.of(upload, drafts.of(upload)), null);
    }

    /**
     * @param form as typed
     * @param preview the description to preview; null for none
     */
    private DraftPageModel model(Upload upload, DraftForm form, String preview) {
        List<Publisher> publishers = Publisher.of(upload.person);
        return new DraftPageModel(
                upload,
                CheckList.of(upload),
                upload.facts == null || upload.facts.isEmpty() ? null : new AdapterFacts(upload.facts),
                form,
                publishers.stream().map(publisher -> publisher.name).toList(),
                Adapter.addresses(publishers),
                models.all().stream().map(model -> model.name).toList(),
                nextLabel(upload),
                preview);
    }

    private String nextLabel(Upload upload) {
        return upload.adapter == null
                ? "1.0.0"
                : adapters.nextLabel(upload.adapter.publisher, upload.adapter.name)
                        .toString();
    }
}
