package io.lorahub.upload.page;

import io.lorahub.account.Viewer;
import io.lorahub.upload.Upload;
import io.lorahub.upload.UploadConfig;
import io.lorahub.upload.UploadState;
import io.lorahub.upload.UploadTarget;
import io.lorahub.upload.Uploads;
import io.lorahub.upload.transfer.FileForm;
import io.lorahub.upload.transfer.FormUpload;
import io.lorahub.web.FormErrors;
import io.lorahub.web.Format;
import io.lorahub.web.ProblemException;
import io.quarkus.qute.CheckedTemplate;
import io.quarkus.qute.TemplateInstance;
import io.quarkus.security.Authenticated;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.net.URI;
import java.util.List;
import java.util.UUID;
import org.jboss.resteasy.reactive.RestForm;
import org.jboss.resteasy.reactive.RestQuery;
import org.jboss.resteasy.reactive.multipart.FileUpload;

/** The page where members upload files. */
@Path("/upload")
@Authenticated
@Produces(MediaType.TEXT_HTML)
public class UploadPage {

    @CheckedTemplate
    static class Templates {
        static native TemplateInstance upload(
                List<UploadRow> unfinished, String adapter, String largest, FormErrors errors);

        private Templates() {}
    }

    private final Uploads uploads;
    private final FormUpload sending;
    private final UploadConfig config;
    private final Viewer viewer;

    UploadPage(Uploads uploads, FormUpload sending, UploadConfig config, Viewer viewer) {
        this.uploads = uploads;
        this.sending = sending;
        this.config = config;
        this.viewer = viewer;
    }

    /** @param adapter {@code publisher/name} of the adapter that gets a new version */
    @GET
    public TemplateInstance upload(@RestQuery String adapter) {
        viewer.require();
        return page(adapter, FormErrors.NONE);
    }

    /** For browsers without scripts; others use the API, which can resume after a broken connection. */
    @FileForm
    @POST
    @Consumes(MediaType.MULTIPART_FORM_DATA)
    public Response send(@RestForm("files") List<FileUpload> files, @RestForm String adapter) {
        viewer.require();
        try {
            UUID first = sending.send(files, new UploadTarget(null, filled(adapter)));
            int several = uploads.batch(first).size();
            return Response.seeOther(URI.create(several == 1 ? "/uploads/" + first : "/uploads"))
                    .build();
        } catch (ProblemException e) {
            return FormErrors.show(e, errors -> page(adapter, errors));
        }
    }

    private TemplateInstance page(String adapter, FormErrors errors) {
        List<Upload> unfinished = uploads.open().stream()
                .filter(upload -> upload.getState() == UploadState.RECEIVING)
                .toList();
        return Templates.upload(
                UploadRow.of(unfinished),
                adapter == null ? "" : adapter,
                Format.bytes(config.fileSize().asLongValue()),
                errors);
    }

    private static String filled(String text) {
        return text == null || text.isBlank() ? null : text.strip();
    }
}
