package io.lorahub.composition.publication;

import io.lorahub.upload.UploadView;
import io.quarkus.security.Authenticated;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponseSchema;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;

/** Publishes a merge as an adapter. */
@Path("/api/v1/merges/{id}/publication")
@Produces(MediaType.APPLICATION_JSON)
@Authenticated
@Tag(name = "Merges")
public class MergePublicationResource {

    private final PublishableMixes mixes;
    private final MixPublication publication;

    MergePublicationResource(PublishableMixes mixes, MixPublication publication) {
        this.mixes = mixes;
        this.publication = publication;
    }

    @POST
    @Consumes(MediaType.APPLICATION_JSON)
    @Operation(
            summary = "Publish the merged adapter",
            description = "As for runs: only a name is required, the licence follows from those of the parts, a new"
                    + " adapter is private unless you set visibility, and the answer comes before the checks."
                    + " Location is the upload's; get it until its state is published or failed. The adapter stays"
                    + " when the merge is deleted. 409 until the merge has succeeded.")
    @APIResponseSchema(value = UploadView.class, responseCode = "202")
    public Response publish(String id, MixDraft draft) {
        return publication.accept(mixes.merge(id), draft);
    }
}
