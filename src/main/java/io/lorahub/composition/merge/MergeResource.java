package io.lorahub.composition.merge;

import io.lorahub.account.Viewer;
import io.lorahub.composition.RunOwner;
import io.lorahub.composition.RunRights;
import io.lorahub.web.FieldError;
import io.lorahub.web.ProblemException;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.HeaderParam;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.net.URI;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponseSchema;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;

/** The API of merges. Files have an address of their own. */
@Path("/api/v1/merges")
@Produces(MediaType.APPLICATION_JSON)
@Tag(name = "Merges")
public class MergeResource {

    private static final int KEY = 200;

    private final Viewer viewer;
    private final RunRights rights;
    private final Merges merges;

    MergeResource(Viewer viewer, RunRights rights, Merges merges) {
        this.viewer = viewer;
        this.rights = rights;
        this.merges = merges;
    }

    @POST
    @Consumes(MediaType.APPLICATION_JSON)
    @Operation(
            summary = "Merge adapters with given weights, without a search",
            description = "A worker makes the merged adapter; follow its state under Location. It is deleted after an"
                    + " hour. With an Idempotency-Key, repeating a request within that hour returns the merge that the"
                    + " first one began; a different request with the same key is rejected (422).")
    @APIResponseSchema(value = MergeView.class, responseCode = "201")
    public Response start(@HeaderParam("Idempotency-Key") Optional<String> key, CreateMergeRequest sent) {
        RunOwner owner = RunOwner.member(viewer.require());
        if (sent == null) throw ProblemException.badRequest("Send the merge as a JSON object.");
        if (key.filter(text -> text.isBlank() || text.length() > KEY).isPresent()) {
            throw ProblemException.invalid(
                    List.of(new FieldError("Idempotency-Key", "The key has 1 to %d characters.".formatted(KEY))));
        }
        UUID id = merges.start(owner, sent.request(), key);
        return Response.created(URI.create("/api/v1/merges/" + id))
                .entity(merges.of(Optional.of(owner), id.toString()))
                .build();
    }

    @GET
    @Path("/{id}")
    @Operation(summary = "A merge of yours: its state, and its rank and error once it is done")
    public MergeView get(String id) {
        viewer.require();
        return merges.of(rights.owner(), id);
    }
}
