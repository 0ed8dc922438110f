package io.lorahub.imports;

import io.quarkus.security.Authenticated;
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

/** The viewer's own imports in the API. */
@Path(ImportView.PATH)
@Produces(MediaType.APPLICATION_JSON)
@Authenticated
@Tag(name = "Imports")
public class ImportResource {

    private final Imports imports;

    ImportResource(Imports imports) {
        this.imports = imports;
    }

    /**
     * @param hubs addresses of the hubs from which this hub imports; none if imports are off
     */
    public record ImportList(List<String> hubs, List<ImportView> imports) {}

    @POST
    @Consumes(MediaType.APPLICATION_JSON)
    @Transactional
    @Operation(
            summary = "Imports an adapter from another hub",
            description = "This hub fetches the files in the background; get the import until its state is done,"
                    + " unpublished, unchanged, failed or cancelled. It ends as an upload that you complete and publish, or with"
                    + " publish as a version. Without a name in the card, another import of the same repository becomes"
                    + " a new version of the adapter that the first one became. If that has the files already, nothing"
                    + " is published: the import is unchanged, and names the adapter and its version. Each member can"
                    + " have one import at a time.")
    @APIResponseSchema(value = ImportView.class, responseCode = "201")
    public Response start(@NotNull ImportRequest request) {
        ImportView view = ImportView.of(imports.start(request));
        return Response.created(URI.create(view.url())).entity(view).build();
    }

    @GET
    @Transactional
    @Operation(summary = "Your newest imports, and the hubs from which you can import")
    public ImportList list() {
        return new ImportList(
                imports.hubs().stream().map(URI::toString).toList(),
                imports.list().stream().map(ImportView::of).toList());
    }

    @GET
    @Path("/{id}")
    @Transactional
    @Operation(summary = "One import: how much has arrived, and how it ended")
    public ImportView get(UUID id) {
        return ImportView.of(imports.own(id));
    }

    @DELETE
    @Path("/{id}")
    @Operation(summary = "Cancels an import and deletes what has arrived")
    public void cancel(UUID id) {
        imports.cancel(id);
    }
}
