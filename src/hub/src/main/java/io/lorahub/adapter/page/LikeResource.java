package io.lorahub.adapter.page;

import io.lorahub.account.Viewer;
import io.lorahub.adapter.Adapter;
import io.lorahub.adapter.Adapters;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.PUT;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;

/** Whether the viewer likes an adapter, in the API. */
@Path("/api/v1/adapters/{publisher}/{name}/like")
@Produces(MediaType.APPLICATION_JSON)
@Tag(name = "Adapters")
public class LikeResource {

    /** @param likes total number of likes */
    public record LikeView(boolean liked, int likes) {}

    private final Viewer viewer;
    private final Adapters adapters;
    private final Likes likes;

    LikeResource(Viewer viewer, Adapters adapters, Likes likes) {
        this.viewer = viewer;
        this.adapters = adapters;
        this.likes = likes;
    }

    @PUT
    @Operation(summary = "Like an adapter; idempotent")
    public LikeView like(String publisher, String name) {
        Adapter adapter = adapters.visible(publisher, name);
        likes.like(viewer.require().id, adapter);
        return new LikeView(true, likes.count(adapter));
    }

    @DELETE
    @Operation(summary = "Remove a like from an adapter")
    public LikeView unlike(String publisher, String name) {
        Adapter adapter = adapters.visible(publisher, name);
        likes.unlike(viewer.require().id, adapter);
        return new LikeView(false, likes.count(adapter));
    }
}
