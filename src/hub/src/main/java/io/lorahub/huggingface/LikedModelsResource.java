package io.lorahub.huggingface;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import io.lorahub.account.Person;
import io.lorahub.account.Viewer;
import io.lorahub.adapter.page.Likes;
import io.lorahub.web.ProblemException;
import jakarta.transaction.Transactional;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import org.eclipse.microprofile.openapi.annotations.Operation;

/** What a member likes, for clients of the Hugging Face Hub. Here, only the member knows. */
@Path("/api/users/{user}/likes")
@Produces(MediaType.APPLICATION_JSON)
public class LikedModelsResource {

    private static final ObjectMapper JSON = new ObjectMapper();

    private final Viewer viewer;
    private final Likes likes;

    LikedModelsResource(Viewer viewer, Likes likes) {
        this.viewer = viewer;
        this.likes = likes;
    }

    @GET
    @Transactional
    @Operation(hidden = true)
    public JsonNode list(String user) {
        Person person = viewer.require();
        if (!person.name.equalsIgnoreCase(user)) {
            throw ProblemException.forbidden(
                    "On this hub, members see only their own likes. You are signed in as %s.".formatted(person.name));
        }
        ArrayNode list = JSON.createArrayNode();
        for (Likes.Liked liked : likes.of(person)) {
            list.addObject()
                    .put("createdAt", RepositoryJson.time(liked.at()))
                    .putObject("repo")
                    .put("name", liked.adapter().address())
                    .put("type", "model");
        }
        return list;
    }
}
