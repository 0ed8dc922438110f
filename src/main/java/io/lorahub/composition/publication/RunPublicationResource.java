package io.lorahub.composition.publication;

import io.lorahub.adapter.Adapter;
import io.lorahub.adapter.AdapterView;
import io.lorahub.adapter.Adapters;
import io.quarkus.security.Authenticated;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.net.URI;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponseSchema;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;

/** Publishes the result of a run as an adapter. */
@Path("/api/v1/runs/{run}/publication")
@Produces(MediaType.APPLICATION_JSON)
@Authenticated
@Tag(name = "Runs")
public class RunPublicationResource {

    private final RunPublishing publishing;
    private final Adapters adapters;

    RunPublicationResource(RunPublishing publishing, Adapters adapters) {
        this.publishing = publishing;
        this.adapters = adapters;
    }

    @POST
    @Consumes(MediaType.APPLICATION_JSON)
    @Operation(
            summary = "Publish the result as an adapter",
            description = "Only a name is needed. Where the publisher has an adapter of this name, it becomes its next"
                    + " version. The licence follows from those of the parts; where they allow none together, the answer"
                    + " says why. It is private unless visibility says otherwise. Location is the adapter's.")
    @APIResponseSchema(value = AdapterView.class, responseCode = "201")
    public Response publish(String run, MixDraft draft) {
        Adapter published = publishing.publish(run, draft == null ? MixDraft.EMPTY : draft).adapter;
        Adapter adapter = Adapter.at(published.publisher.name, published.name).orElseThrow();
        return Response.created(URI.create("/api/v1/adapters/" + adapter.address()))
                .entity(adapters.view(adapter))
                .build();
    }
}
