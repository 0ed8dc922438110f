package io.lorahub.huggingface;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.lorahub.account.Person;
import io.lorahub.account.Viewer;
import io.lorahub.adapter.page.Likes;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import org.eclipse.microprofile.openapi.annotations.Operation;

/** Withdraws a like, for clients of the Hugging Face Hub; only people in browsers like something there. */
@Path("/api/models/{repository:[^/]+(?:/[^/]+)?}/like")
@Produces(MediaType.APPLICATION_JSON)
public class UnlikeResource {

    private static final ObjectMapper JSON = new ObjectMapper();

    private final Viewer viewer;
    private final Likes likes;
    private final Repositories repositories;

    UnlikeResource(Viewer viewer, Likes likes, Repositories repositories) {
        this.viewer = viewer;
        this.likes = likes;
        this.repositories = repositories;
    }

    @DELETE
    @Operation(hidden = true)
    public JsonNode unlike(String repository) {
        HubRepository repo = repositories.visible(repository);
        Person person = viewer.require();
        repo.adapter().ifPresent(adapter -> likes.unlike(person.id, adapter));
        return JSON.createObjectNode();
    }
}
