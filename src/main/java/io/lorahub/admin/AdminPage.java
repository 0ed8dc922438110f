package io.lorahub.admin;

import io.lorahub.basemodel.BaseModelRecord;
import io.lorahub.basemodel.BaseModels;
import io.lorahub.storage.Scrub;
import io.lorahub.storage.Sweep;
import io.lorahub.storage.SweepResult;
import io.lorahub.upload.MemberStorage;
import io.lorahub.web.FormErrors;
import io.lorahub.web.Format;
import io.lorahub.web.ProblemException;
import io.lorahub.web.Toast;
import io.quarkus.qute.CheckedTemplate;
import io.quarkus.qute.TemplateInstance;
import io.smallrye.health.SmallRyeHealthReporter;
import jakarta.annotation.security.RolesAllowed;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.FormParam;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.net.URI;
import java.time.Instant;
import java.util.List;
import org.eclipse.microprofile.config.Config;
import org.jboss.resteasy.reactive.RestForm;
import org.jboss.resteasy.reactive.multipart.FileUpload;

/** What only admins see: base models, storage, settings, health. */
@Path("/admin")
@RolesAllowed("ADMIN")
@Produces(MediaType.TEXT_HTML)
public class AdminPage {

    private static final int MEMBERS_SHOWN = 20;

    private final BaseModels models;
    private final StorageUse use;
    private final MemberStorage members;
    private final Sweep sweep;
    private final Scrub scrub;
    private final Config config;
    private final SmallRyeHealthReporter health;

    public AdminPage(
            BaseModels models,
            StorageUse use,
            MemberStorage members,
            Sweep sweep,
            Scrub scrub,
            Config config,
            SmallRyeHealthReporter health) {
        this.models = models;
        this.use = use;
        this.members = members;
        this.sweep = sweep;
        this.scrub = scrub;
        this.config = config;
        this.health = health;
    }

    /** A base model and how many adapters name it. */
    public record ModelRow(BaseModelRecord model, long adapters) {}

    @GET
    public Response start() {
        return Response.seeOther(URI.create("/admin/base-models")).build();
    }

    @CheckedTemplate
    static class Templates {
        static native TemplateInstance baseModels(
                List<ModelRow> models, ModelForm byFolder, ModelForm byUpload, FormErrors errors);

        static native TemplateInstance storage(
                List<StorageUse.Row> rows,
                List<MemberStorage.Use> members,
                List<Scrub.Damaged> damaged,
                Instant allReadSince);

        static native TemplateInstance settings(List<SettingRow> settings);

        static native TemplateInstance health(Health health);

        private Templates() {}
    }

    /** What was typed into one of the two forms that register a model, and what is wrong with it. */
    record ModelForm(String name, String folder, String summary, String licence, FormErrors errors) {
        private static final ModelForm EMPTY = new ModelForm("", "", "", "", FormErrors.NONE);
    }

    @GET
    @Path("/base-models")
    public TemplateInstance baseModels() {
        return show(ModelForm.EMPTY, ModelForm.EMPTY, FormErrors.NONE);
    }

    @POST
    @Path("/base-models")
    public Response register(
            @FormParam("name") String name,
            @FormParam("folder") String folder,
            @FormParam("summary") String summary,
            @FormParam("licence") String licence) {
        try {
            BaseModelRecord model = models.register(name, summary, licence, folder);
            return Toast.seeOther("/admin/base-models", "Registered %s.".formatted(model.name));
        } catch (ProblemException e) {
            return Response.status(e.status())
                    .entity(show(
                            new ModelForm(name, folder, summary, licence, FormErrors.of(e)),
                            ModelForm.EMPTY,
                            FormErrors.of(e)))
                    .build();
        }
    }

    @POST
    @Path("/base-models/upload")
    @Consumes(MediaType.MULTIPART_FORM_DATA)
    public Response upload(
            @RestForm String name,
            @RestForm String summary,
            @RestForm String licence,
            @RestForm("files") List<FileUpload> files) {
        try {
            BaseModelRecord model = models.registerUploaded(name, summary, licence, files);
            return Toast.seeOther("/admin/base-models", "Registered %s.".formatted(model.name));
        } catch (ProblemException e) {
            return Response.status(e.status())
                    .entity(show(
                            ModelForm.EMPTY,
                            new ModelForm(name, "", summary, licence, FormErrors.of(e)),
                            FormErrors.of(e)))
                    .build();
        }
    }

    @POST
    @Path("/base-models/remove")
    public Response remove(@FormParam("name") String name) {
        try {
            models.remove(name);
        } catch (ProblemException e) {
            return Response.status(e.status())
                    .entity(show(ModelForm.EMPTY, ModelForm.EMPTY, FormErrors.of(e)))
                    .build();
        }
        return Toast.seeOther("/admin/base-models", "Removed %s.".formatted(name));
    }

    @GET
    @Path("/storage")
    public TemplateInstance storage() {
        return Templates.storage(
                use.rows(),
                members.largest(MEMBERS_SHOWN),
                scrub.damaged(),
                scrub.allReadSince().orElse(null));
    }

    @POST
    @Path("/storage/sweep")
    public Response sweep() {
        SweepResult swept = sweep.run();
        return Toast.seeOther(
                "/admin/storage",
                "Removed %d contents and %d pieces of uploads, %s."
                        .formatted(swept.blobs(), swept.staged(), Format.bytes(swept.bytes())));
    }

    @GET
    @Path("/settings")
    public TemplateInstance settings() {
        return Templates.settings(SettingRow.inForce(config));
    }

    @GET
    @Path("/health")
    public TemplateInstance health() {
        return Templates.health(Health.of(health));
    }

    private TemplateInstance show(ModelForm byFolder, ModelForm byUpload, FormErrors errors) {
        List<ModelRow> rows = models.all().stream()
                .map(model -> new ModelRow(model, models.adaptersOf(model.name)))
                .toList();
        return Templates.baseModels(rows, byFolder, byUpload, errors);
    }
}
