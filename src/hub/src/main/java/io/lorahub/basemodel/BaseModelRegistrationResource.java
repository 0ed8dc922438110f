package io.lorahub.basemodel;

import jakarta.annotation.security.RolesAllowed;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import java.util.List;
import org.eclipse.microprofile.openapi.annotations.Operation;
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
