package io.lorahub.imports.model;

import jakarta.annotation.security.RolesAllowed;
import jakarta.transaction.Transactional;
import jakarta.validation.constraints.NotNull;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.net.URI;
import java.util.List;
import java.util.UUID;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponseSchema;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;

/** Imports of base models in the API. */
@Path(BaseModelImportView.PATH)
@Produces(MediaType.APPLICATION_JSON)
@RolesAllowed("ADMIN")
@Tag(name = "Base models")
public class BaseModelImportResource {

    private final BaseModelImports imports;

    BaseModelImportResource(BaseModelImports imports) {
        this.imports = imports;
    }

    @POST
    @Consumes(MediaType.APPLICATION_JSON)
    @Transactional
    @Operation(
            summary = "Import a base model from another hub; for admins",
            description = "This hub fetches the files in the background, reads the model and runs it once; get the"
                    + " import until its state is done, failed or cancelled.")
    @APIResponseSchema(value = BaseModelImportView.class, responseCode = "201")
    public Response start(@NotNull BaseModelImportRequest request) {
        BaseModelImportView view = BaseModelImportView.of(imports.start(request));
        return Response.created(URI.create(view.url())).entity(view).build();
    }

    @GET
    @Transactional
    @Operation(summary = "The newest imports of base models; for admins")
    public List<BaseModelImportView> list() {
        return imports.list().stream().map(BaseModelImportView::of).toList();
    }

    @GET
    @Path("/{id}")
    @Transactional
    @Operation(summary = "One import of a base model: how much has arrived, and how it ended; for admins")
    public BaseModelImportView get(UUID id) {
        return BaseModelImportView.of(imports.get(id));
    }

    @DELETE
    @Path("/{id}")
    @Operation(summary = "Cancel an import of a base model and delete what has arrived; for admins")
    public void cancel(UUID id) {
        imports.cancel(id);
    }
}
