package io.lorahub.huggingface.writing;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.lorahub.account.ChangesNothing;
import io.lorahub.account.Viewer;
import io.lorahub.adapter.Visibility;
import io.lorahub.huggingface.ModelCardText;
import io.lorahub.upload.readme.Readme;
import io.lorahub.web.FieldError;
import io.lorahub.web.ProblemException;
import io.lorahub.web.SiteAddress;
import io.lorahub.web.budget.RequestBudgets;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.util.List;
import java.util.Optional;
import org.eclipse.microprofile.openapi.annotations.Operation;

/** Creating, moving and deleting repositories, for clients of the Hugging Face Hub. */
@Path("/api")
@Produces(MediaType.APPLICATION_JSON)
@Consumes(MediaType.APPLICATION_JSON)
public class RepositoryAdministrationResource {

    private static final ObjectMapper JSON = new ObjectMapper();

    /** Clients before version 1.0 don't show {@link CommitResource}'s warning. */
    private static final String OTHER_LIBRARY = "library_name is \"%s\". Unless the repository gets an adapter"
            + " (adapter_config.json and adapter_model.safetensors), this hub stores it, but lists it nowhere.";

    private final RepositoryAdministration administration;
    private final Viewer viewer;
    private final SiteAddress site;
    private final RequestBudgets budgets;

    RepositoryAdministrationResource(
            RepositoryAdministration administration, Viewer viewer, SiteAddress site, RequestBudgets budgets) {
        this.administration = administration;
        this.viewer = viewer;
        this.site = site;
        this.budgets = budgets;
    }

    @POST
    @Path("/repos/create")
    @Operation(hidden = true)
    public Response create(JsonNode body) {
        viewer.require();
        requireModel(body);
        String publisher = text(body, "organization");
        String name = text(body, "name");
        Optional<String> created = administration.create(publisher, name, visibility(body));
        String id = created.orElseGet(() ->
                ((publisher.isEmpty() ? viewer.getName() : publisher) + "/" + name).toLowerCase(java.util.Locale.ROOT));
        ObjectNode answer = JSON.createObjectNode()
                .put("url", site.of("/" + id))
                .put("name", id)
                .put("id", id);
        if (created.isPresent()) return Response.ok((JsonNode) answer).build();
        String message = "You already created this model repo: %s.".formatted(id);
        return Response.status(Response.Status.CONFLICT)
                .header("X-Error-Message", message)
                .entity(answer.put("error", message))
                .build();
    }

    @DELETE
    @Path("/repos/delete")
    @Operation(hidden = true)
    public JsonNode delete(JsonNode body) {
        viewer.require();
        requireModel(body);
        String publisher = text(body, "organization");
        administration.delete((publisher.isEmpty() ? viewer.getName() : publisher) + "/" + text(body, "name"));
        return JSON.createObjectNode();
    }

    @POST
    @Path("/repos/move")
    @Operation(hidden = true)
    public JsonNode move(JsonNode body) {
        viewer.require();
        requireModel(body);
        administration.move(text(body, "fromRepo"), text(body, "toRepo"));
        return JSON.createObjectNode();
    }

    /**
     * Clients ask before they send a README.md: metadata that cannot be read are an error, and missing ones a warning.
     * What does not fit on a card is reported when it is published.
     */
    @POST
    @ChangesNothing
    @Path("/validate-yaml")
    @Produces(MediaType.WILDCARD) // some clients ask for text/plain
    @Operation(hidden = true)
    public Response validate(JsonNode body) {
        return budgets.current()
                .compute(
                        () -> validated(body == null ? "" : body.path("content").asText()));
    }

    private static Response validated(String text) {
        ObjectNode answer = JSON.createObjectNode();
        ArrayNode errors = answer.putArray("errors");
        ArrayNode warnings = answer.putArray("warnings");
        Readme readme = Readme.of(text);
        readme.metadataFault().ifPresent(fault -> errors.addObject().put("message", fault));
        Object results = readme.metadata().get("model-index");
        if (results != null && !(results instanceof List)) {
            errors.addObject().put("message", "model-index must be a list.");
        }
        readme.card().lost().forEach(lost -> warnings.addObject().put("message", warning(lost)));
        Object library = readme.metadata().get("library_name");
        if (library instanceof String && !library.equals(ModelCardText.LIBRARY)) {
            warnings.addObject().put("message", OTHER_LIBRARY.formatted(library));
        }
        if (readme.metadata().isEmpty() && errors.isEmpty()) {
            warnings.addObject().put("message", "README.md has no metadata in YAML, such as license and base_model.");
        }
        return Response.status(errors.isEmpty() ? 200 : 400)
                .entity(answer.toString())
                .type(MediaType.APPLICATION_JSON)
                .build();
    }

    /** What a card doesn't take from the README is said before the commit, because clients show no other warning. */
    private static String warning(FieldError lost) {
        return lost.field().equals("licence")
                ? lost.message()
                        + " A new adapter is then published under “other”: name the licence in the text, or use one of the"
                        + " list, such as apache-2.0 or mit."
                : lost.message();
    }

    private static void requireModel(JsonNode body) {
        String type = body == null ? "" : body.path("type").asText("model");
        if (!type.equals("model") && !type.equals("null")) {
            throw ProblemException.badRequest("This hub has repositories of the type model only.");
        }
    }

    private static String text(JsonNode body, String name) {
        return body.path(name).isTextual() ? body.path(name).textValue().strip() : "";
    }

    /** Empty if the body doesn't say. */
    static Optional<Visibility> visibility(JsonNode body) {
        JsonNode flag = body.path("private");
        if (flag.isBoolean()) return Optional.of(flag.booleanValue() ? Visibility.PRIVATE : Visibility.PUBLIC);
        if (!flag.isMissingNode() && !flag.isNull()) {
            throw ProblemException.badRequest("\"private\" must be true or false.");
        }
        return body.path("visibility").isTextual()
                ? Optional.of(Visibility.of(body.path("visibility").textValue(), Visibility.PRIVATE))
                : Optional.empty();
    }
}
