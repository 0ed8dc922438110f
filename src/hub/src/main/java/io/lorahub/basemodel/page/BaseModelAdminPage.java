package io.lorahub.basemodel.page;

import io.lorahub.basemodel.BaseModelRecord;
import io.lorahub.basemodel.BaseModels;
import io.lorahub.basemodel.registration.BaseModelRegistration;
import io.lorahub.basemodel.registration.BaseModelRegistrations;
import io.lorahub.upload.transfer.FormUpload;
import io.lorahub.web.FormErrors;
import io.lorahub.web.ProblemException;
import io.lorahub.web.Toast;
import io.quarkus.qute.CheckedTemplate;
import io.quarkus.qute.TemplateInstance;
import jakarta.annotation.security.RolesAllowed;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.FormParam;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.NotFoundException;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import org.jboss.resteasy.reactive.RestForm;
import org.jboss.resteasy.reactive.multipart.FileUpload;

/** Lets administrators register and remove base models. */
@Path("/admin/base-models")
@RolesAllowed("ADMIN")
@Produces(MediaType.TEXT_HTML)
public class BaseModelAdminPage {

    private final BaseModels models;
    private final BaseModelRegistrations registrations;
    private final FormUpload forms;

    BaseModelAdminPage(BaseModels models, BaseModelRegistrations registrations, FormUpload forms) {
        this.models = models;
        this.registrations = registrations;
        this.forms = forms;
    }

    public record ModelRow(BaseModelRecord model, long adapters) {}

    /** The values typed into one of the two registration forms, and the errors in them. */
    record ModelForm(String name, String folder, String summary, String licence, FormErrors errors) {
        private static final ModelForm EMPTY = new ModelForm("", "", "", "", FormErrors.NONE);
    }

    @CheckedTemplate
    static class Templates {
        /** @param checking whether the list of registrations refreshes itself */
        static native TemplateInstance show(
                List<ModelRow> models,
                List<BaseModelRegistration> registrations,
                boolean checking,
                ModelForm byFolder,
                ModelForm byUpload,
                FormErrors errors);

        private Templates() {}
    }

    @GET
    public TemplateInstance show() {
        return show(ModelForm.EMPTY, ModelForm.EMPTY, FormErrors.NONE);
    }

    @POST
    public Response register(
            @FormParam("name") String name,
            @FormParam("folder") String folder,
            @FormParam("summary") String summary,
            @FormParam("licence") String licence) {
        try {
            return shown(registrations.queue(name, summary, licence, folder));
        } catch (ProblemException e) {
            return FormErrors.show(
                    e, errors -> show(new ModelForm(name, folder, summary, licence, errors), ModelForm.EMPTY, errors));
        }
    }

    @POST
    @Path("/upload")
    @Consumes(MediaType.MULTIPART_FORM_DATA)
    public Response upload(
            @RestForm String name,
            @RestForm String summary,
            @RestForm String licence,
            @RestForm("files") List<FileUpload> files) {
        try {
            Map<String, FileUpload> sent = new TreeMap<>();
            for (FileUpload file : files) {
                if (sent.put(file.fileName().replaceFirst("^.*[/\\\\]", ""), file) != null) {
                    throw ProblemException.invalid("files", "Two of the files have the same name.");
                }
            }
            Map<String, Long> sizes = new TreeMap<>();
            sent.forEach((file, body) -> sizes.put(file, body.size()));
            UUID upload = registrations.announce(name, summary, licence, sizes).id;
            forms.receive(upload, sent);
            return shown(registrations.get(name.strip()));
        } catch (ProblemException e) {
            return FormErrors.show(
                    e, errors -> show(ModelForm.EMPTY, new ModelForm(name, "", summary, licence, errors), errors));
        }
    }

    private static Response shown(BaseModelRegistration entry) {
        String text = entry.copying()
                ? "The files of %s are being copied. Their check is next."
                : "The files of %s are here. Their check is next.";
        return Toast.seeOther(BaseModelsPage.path(entry.name()), text.formatted(entry.name()));
    }

    @POST
    @Path("/registrations/remove")
    public Response removeRegistration(@FormParam("name") String name) {
        try {
            registrations.remove(name);
        } catch (ProblemException e) { // it has ended, or another tab was faster
            return Toast.seeOther("/admin/base-models", "The check of %s has ended already.".formatted(name));
        }
        return Toast.seeOther("/admin/base-models", "Removed the registration of %s.".formatted(name));
    }

    @POST
    @Path("/remove")
    public Response remove(@FormParam("name") String name) {
        try {
            models.remove(name);
        } catch (NotFoundException e) { // removed in another tab
            return Toast.seeOther("/admin/base-models", "%s isn't registered any more.".formatted(name));
        } catch (ProblemException e) {
            return FormErrors.show(e, errors -> show(ModelForm.EMPTY, ModelForm.EMPTY, errors));
        }
        return Toast.seeOther("/admin/base-models", "Removed %s.".formatted(name));
    }

    private TemplateInstance show(ModelForm byFolder, ModelForm byUpload, FormErrors errors) {
        List<ModelRow> rows = models.all().stream()
                .map(model -> new ModelRow(model, models.adaptersOf(model.name)))
                .toList();
        List<BaseModelRegistration> entries = registrations.list();
        return Templates.show(
                rows,
                entries,
                entries.stream().anyMatch(BaseModelRegistration::isChecking),
                byFolder,
                byUpload,
                errors);
    }
}
