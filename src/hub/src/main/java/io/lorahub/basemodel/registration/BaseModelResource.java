package io.lorahub.basemodel.registration;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import io.lorahub.basemodel.BaseModelConfig;
import io.lorahub.basemodel.BaseModelRecord;
import io.lorahub.basemodel.BaseModels;
import jakarta.annotation.security.RolesAllowed;
import jakarta.transaction.Transactional;
import jakarta.validation.constraints.NotNull;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.net.URI;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponseSchema;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;

/** The registered base models, which everybody can read. */
@Path("/api/v1/base-models")
@Produces(MediaType.APPLICATION_JSON)
@Tag(name = "Base models")
public class BaseModelResource {

    private final BaseModels models;
    private final BaseModelRegistrations registrations;
    private final BaseModelConfig config;

    public BaseModelResource(BaseModels models, BaseModelRegistrations registrations, BaseModelConfig config) {
        this.models = models;
        this.registrations = registrations;
        this.config = config;
    }

    /**
     * @param files SHA-256 by name
     * @param chatTemplate whether it has one; null if it was registered before this was recorded
     * @param downloads the files offered for download; null in lists, and if this hub does not offer them
     */
    @JsonNaming(SnakeCaseStrategy.class)
    @Schema(name = "BaseModelView")
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record View(
            String name,
            String summary,
            String modelType,
            long parameters,
            long bytes,
            String licence,
            Boolean chatTemplate,
            Instant createdAt,
            Map<String, String> files,
            List<Offered> downloads) {

        static View of(BaseModelRecord model) {
            return of(model, null);
        }

        static View of(BaseModelRecord model, List<Offered> downloads) {
            return new View(
                    model.name,
                    model.summary,
                    model.modelType,
                    model.parameters,
                    model.bytes,
                    model.licence,
                    model.chatTemplate,
                    model.createdAt,
                    Map.copyOf(model.files),
                    downloads);
        }
    }

    /**
     * A file that can be downloaded.
     *
     * @param size in bytes
     * @param url a path on this site
     */
    @Schema(name = "BaseModelFile")
    public record Offered(String name, long size, String sha256, String url) {}

    /** @param folder on the server */
    @Schema(requiredProperties = {"name", "folder"})
    public record NewModel(String name, String summary, String licence, String folder) {}

    @GET
    @Transactional
    @Operation(summary = "Base models on which adapters can run here")
    public List<View> all() {
        return models.all().stream().map(View::of).toList();
    }

    @GET
    @Path("/{model:[^/]+(?:/[^/]+)?}")
    @Transactional
    @Operation(summary = "One base model with the hashes of its files")
    public View one(@PathParam("model") String name) {
        BaseModelRecord model = models.named(name);
        return View.of(model, config.downloads() ? offered(model) : null);
    }

    private List<Offered> offered(BaseModelRecord model) {
        return model.files.entrySet().stream()
                .map(file -> new Offered(
                        file.getKey(),
                        models.size(file.getValue()),
                        file.getValue(),
                        "/api/v1/base-models/%s/files/%s".formatted(model.name, file.getKey())))
                .toList();
    }

    @POST
    @RolesAllowed("ADMIN")
    @Operation(
            summary = "Register a base model from a folder on the server; for admins",
            description =
                    "Its files are copied into the store, then a process of its own reads the model and runs it once; get the"
                            + " registration until its state is available or refused.")
    @APIResponseSchema(value = BaseModelRegistrationView.class, responseCode = "202")
    public Response register(@NotNull NewModel model) {
        BaseModelRegistrationView view = BaseModelRegistrationView.of(
                registrations.queue(model.name(), model.summary(), model.licence(), model.folder()));
        return Response.accepted(view).location(URI.create(view.url())).build();
    }

    @DELETE
    @Path("/{model:[^/]+(?:/[^/]+)?}")
    @RolesAllowed("ADMIN")
    @Operation(summary = "Remove a base model that no adapter names; for admins")
    public void remove(@PathParam("model") String name) {
        models.remove(name);
    }
}
