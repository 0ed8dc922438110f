package io.lorahub.huggingface.writing;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.lorahub.huggingface.HubRepository;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import org.eclipse.microprofile.openapi.annotations.Operation;

/** Branches and tags, for clients of the Hugging Face Hub. */
@Path("/api/models/{repository:[^/]+(?:/[^/]+)?}")
@Produces(MediaType.APPLICATION_JSON)
public class RepositoryRefResource {

    private static final ObjectMapper JSON = new ObjectMapper();

    private final RepositoryRefs refs;

    RepositoryRefResource(RepositoryRefs refs) {
        this.refs = refs;
    }

    @POST
    @Path("/branch/{branch}")
    @Consumes(MediaType.APPLICATION_JSON)
    @Operation(hidden = true)
    public JsonNode createBranch(String repository, String branch, JsonNode body) {
        refs.create(repository, true, branch, text(body, "startingPoint", HubRepository.MAIN));
        return JSON.createObjectNode();
    }

    @DELETE
    @Path("/branch/{branch}")
    @Operation(hidden = true)
    public JsonNode deleteBranch(String repository, String branch) {
        refs.delete(repository, true, branch);
        return JSON.createObjectNode();
    }

    @POST
    @Path("/tag/{revision}")
    @Consumes(MediaType.APPLICATION_JSON)
    @Operation(hidden = true)
    public JsonNode createTag(String repository, String revision, JsonNode body) {
        refs.create(repository, false, text(body, "tag", ""), revision);
        return JSON.createObjectNode();
    }

    @DELETE
    @Path("/tag/{revision}")
    @Operation(hidden = true)
    public JsonNode deleteTag(String repository, String revision) {
        refs.delete(repository, false, revision);
        return JSON.createObjectNode();
    }

    private static String text(JsonNode body, String name, String otherwise) {
        return body != null && body.path(name).isTextual() ? body.path(name).textValue() : otherwise;
    }
}
