package io.lorahub.upload.page;

import io.lorahub.upload.Quota;
import io.lorahub.upload.UploadState;
import io.lorahub.upload.Uploads;
import io.quarkus.qute.CheckedTemplate;
import io.quarkus.qute.TemplateInstance;
import io.quarkus.security.Authenticated;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import java.util.List;

/** The member's uploads that are neither published nor discarded. */
@Path("/uploads")
@Authenticated
@Produces(MediaType.TEXT_HTML)
public class UploadsPage {

    @CheckedTemplate
    static class Templates {
        /** @param checking whether the page refreshes itself */
        static native TemplateInstance uploads(List<UploadRow> rows, boolean checking, Quota quota);

        private Templates() {}
    }

    private final Uploads uploads;

    UploadsPage(Uploads uploads) {
        this.uploads = uploads;
    }

    @GET
    public TemplateInstance uploads() {
        List<UploadRow> rows = UploadRow.of(uploads.open());
        return Templates.uploads(
                rows, rows.stream().anyMatch(row -> row.state() == UploadState.CHECKING), uploads.quota());
    }
}
