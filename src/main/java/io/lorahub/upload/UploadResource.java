package io.lorahub.upload;

import io.quarkus.security.Authenticated;
import jakarta.transaction.Transactional;
import jakarta.validation.Valid;
import jakarta.validation.constraints.NotNull;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.EntityTag;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.net.URI;
import java.util.List;
import java.util.UUID;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jboss.resteasy.reactive.RestQuery;

/** The viewer's own uploads in the API; {@link UploadFileResource} takes the files. */
@Path(UploadResource.PATH)
@Produces(MediaType.APPLICATION_JSON)
@Authenticated
@Tag(name = "Uploads")
public class UploadResource {

    static final String PATH = "/api/v1/uploads";

    private final Uploads uploads;

    UploadResource(Uploads uploads) {
        this.uploads = uploads;
    }

    @POST
    @Consumes(MediaType.APPLICATION_JSON)
    @Operation(
            summary = "Announces files to upload",
            description =
                    "Each folder with an adapter in it, and each zip, becomes one upload; the first is in Location."
                            + " Send each file with PATCH to its url.")
    public Response announce(@NotNull @Valid Announcement announcement) {
        List<Upload> announced = uploads.announce(announcement.sent(), announcement.target());
        return Response.created(URI.create(PATH + "/" + announced.get(0).id))
                .entity(UploadList.of(announced))
                .build();
    }

    @GET
    @Transactional
    @Operation(summary = "Uploads that are neither published nor cancelled, newest first")
    public UploadList list(@RestQuery UUID batch) {
        return UploadList.of(uploads.open().stream()
                .filter(upload -> batch == null || upload.batchId.equals(batch))
                .toList());
    }

    @GET
    @Path("/{id}")
    @Transactional
    @Operation(summary = "One upload: its files with what has come of them, and what the doctor found")
    public Response get(UUID id) {
        return answer(uploads.own(id));
    }

    @POST
    @Path("/{id}/files")
    @Consumes(MediaType.APPLICATION_JSON)
    @Transactional
    @Operation(summary = "Announces files that take the place of those of the same names, or join them")
    public Response replace(UUID id, @NotNull @Valid Announcement announcement) {
        return answer(uploads.replace(id, announcement.sent()));
    }

    @DELETE
    @Path("/{id}")
    @Operation(summary = "Cancels an upload and drops its files")
    public void cancel(UUID id) {
        uploads.cancel(id);
    }

    private static Response answer(Upload upload) {
        return Response.ok(UploadView.of(upload))
                .tag(new EntityTag(Integer.toString(upload.edition)))
                .build();
    }
}
