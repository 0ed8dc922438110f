package io.lorahub.basemodel.registration;

import io.lorahub.upload.UploadView;
import io.lorahub.web.ProblemException;
import jakarta.annotation.security.RolesAllowed;
import jakarta.transaction.Transactional;
import jakarta.validation.Valid;
import jakarta.validation.constraints.NotNull;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponseSchema;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;

/** Registrations of base models in the API, which say how the checks go. */
@Path(BaseModelRegistrationView.PATH)
@Produces(MediaType.APPLICATION_JSON)
@RolesAllowed("ADMIN")
@Tag(name = "Base models")
public class BaseModelRegistrationResource {

    private final BaseModelRegistrations registrations;

    BaseModelRegistrationResource(BaseModelRegistrations registrations) {
        this.registrations = registrations;
    }

    @GET
    @Operation(summary = "The newest registrations of base models; for admins")
    public List<BaseModelRegistrationView> list() {
        return registrations.list().stream().map(BaseModelRegistrationView::of).toList();
    }

    /** @param files of the model's folder; those that a model doesn't need are left out */
    @Schema(requiredProperties = {"name", "files"})
    public record NewUpload(
            String name,
            String summary,
            String licence,

            @NotNull(message = "List the files that you want to send.")
            List<@NotNull @Valid AnnouncedFile> files) {}

    /** @param size in bytes */
    public record AnnouncedFile(
            @NotNull(message = "Give the name of the file.") String name,
            @NotNull(message = "Give its size in bytes.") Long size) {}

    @POST
    @Consumes(MediaType.APPLICATION_JSON)
    @Transactional
    @Operation(
            summary = "Announce the files of a base model to upload; for admins",
            description =
                    "Send each file with PATCH to its url, as those of an adapter. Once all are here, a process of its own"
                            + " reads the model and runs it once; get the registration until its state is available or refused."
                            + " Announce the same files again to go on with an upload that was broken off.")
    @APIResponseSchema(value = UploadView.class, responseCode = "201")
    public Response announce(@NotNull @Valid NewUpload model) {
        Map<String, Long> sizes = new TreeMap<>();
        for (AnnouncedFile file : model.files()) {
            if (sizes.put(file.name(), file.size()) != null) {
                throw ProblemException.invalid("files", "Two of the files have the same name.");
            }
        }
        UploadView view = UploadView.of(registrations.announce(model.name(), model.summary(), model.licence(), sizes));
        return Response.created(URI.create(view.url())).entity(view).build();
    }

    @GET
    @Path("/{model:[^/]+(?:/[^/]+)?}")
    @Operation(summary = "The registration of a base model: whether it is available, or why not; for admins")
    public BaseModelRegistrationView get(@PathParam("model") String name) {
        return BaseModelRegistrationView.of(registrations.get(name));
    }

    @DELETE
    @Path("/{model:[^/]+(?:/[^/]+)?}")
    @Operation(summary = "Cancel the check of a base model, or forget one that was refused; for admins")
    public void remove(@PathParam("model") String name) {
        registrations.remove(name);
    }
}
