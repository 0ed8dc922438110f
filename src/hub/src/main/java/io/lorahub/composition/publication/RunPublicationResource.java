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

/** Publishes the result of a run as an adapter. */
@Path("/api/v1/runs/{run}/publication")
@Produces(MediaType.APPLICATION_JSON)
@Authenticated
@Tag(name = "Runs")
public class RunPublicationResource {

    private final PublishableMixes mixes;
    private final MixPublication publication;

    RunPublicationResource(PublishableMixes mixes, MixPublication publication) {
        this.mixes = mixes;
        this.publication = publication;
    }

    @POST
    @Consumes(MediaType.APPLICATION_JSON)
    @Operation(
            summary = "Publish the result as an adapter",
            description = "Only a name is required. If the publisher has an adapter with this name, the mix becomes"
                    + " its next version and keeps its visibility. The licence follows from those of the parts; if"
                    + " no licence fits all of them, the answer says why. A new adapter is private unless you set"
                    + " visibility. The answer comes at once: the mix is checked like any upload, and published once"
                    + " it has passed. Location is the upload's; get it until its state is published or failed.")
    @APIResponseSchema(value = UploadView.class, responseCode = "202")
    public Response publish(String run, MixDraft draft) {
        return publication.accept(mixes.run(run), draft);
    }
}
