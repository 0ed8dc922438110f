package io.lorahub.adapter;

import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.CacheControl;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.EntityTag;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Request;
import jakarta.ws.rs.core.Response;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponseSchema;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;

/** One adapter in the API. Its ETag is the edition of its card; counts of downloads and likes do not change it. */
@Path("/api/v1/adapters/{publisher}/{name}")
@Produces(MediaType.APPLICATION_JSON)
@Tag(name = "Adapters")
public class AdapterResource {

    private final Adapters adapters;

    AdapterResource(Adapters adapters) {
        this.adapters = adapters;
    }

    @GET
    @Operation(summary = "One adapter with its versions and their files")
    @APIResponseSchema(AdapterView.class)
    public Response get(String publisher, String name, @Context Request request) {
        Adapter adapter = adapters.visible(publisher, name);
        EntityTag edition = new EntityTag(Integer.toString(adapter.edition));
        Response.ResponseBuilder unchanged = request.evaluatePreconditions(edition);
        Response.ResponseBuilder response = unchanged == null ? Response.ok(adapters.view(adapter)) : unchanged;
        return response.tag(edition)
                .cacheControl(CacheControl.valueOf("private, no-cache"))
                .header(HttpHeaders.VARY, "Authorization, Cookie")
                .build();
    }
}
