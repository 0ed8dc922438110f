package io.lorahub.huggingface.writing;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.lorahub.adapter.Visibility;
import io.lorahub.huggingface.HubRepository;
import io.lorahub.huggingface.Repositories;
import io.lorahub.web.ProblemException;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.PUT;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import java.util.Optional;
import org.eclipse.microprofile.openapi.annotations.Operation;

/** The visibility of a repository, for clients of the Hugging Face Hub. */
@Path("/api/models/{repository:[^/]+(?:/[^/]+)?}/settings")
@Produces(MediaType.APPLICATION_JSON)
@Consumes(MediaType.APPLICATION_JSON)
public class RepositorySettingsResource {

    private static final ObjectMapper JSON = new ObjectMapper();

    private final Repositories repositories;
    private final RepositoryAdministration administration;

    RepositorySettingsResource(Repositories repositories, RepositoryAdministration administration) {
        this.repositories = repositories;
        this.administration = administration;
    }

    @PUT
    @Operation(hidden = true)
    public JsonNode change(String repository, JsonNode body) {
        HubRepository repo = repositories.writable(repository);
        if (body == null
                || body.path("gated").asBoolean(false)
                || body.path("gated").isTextual()) {
            throw ProblemException.badRequest("This hub has no gated repositories; make it private instead.");
        }
        boolean xet = body.path("xetEnabled").asBoolean(true);
        if (!xet) {
            throw ProblemException.badRequest("This hub takes files by Xet from every client that sends them so;"
                    + " set HF_HUB_DISABLE_XET=1 for yours instead.");
        }
        Optional<Visibility> visibility = RepositoryAdministrationResource.visibility(body);
        if (visibility.isEmpty() && !body.has("gated") && !body.has("xetEnabled")) {
            throw ProblemException.badRequest("Say whether it is private.");
        }
        visibility.ifPresent(requested -> administration.show(repo, requested));
        return JSON.createObjectNode()
                .put("private", visibility.map(Visibility.PRIVATE::equals).orElse(repo.isPrivate()));
    }
}
