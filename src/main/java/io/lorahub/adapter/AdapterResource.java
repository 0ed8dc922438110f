package io.lorahub.adapter;

import com.fasterxml.jackson.databind.JsonNode;
import io.lorahub.web.ApiCauses;
import io.lorahub.web.ProblemException;
import io.quarkus.security.Authenticated;
import jakarta.transaction.Transactional;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.HeaderParam;
import jakarta.ws.rs.PATCH;
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
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.parameters.RequestBody;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponseSchema;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;

/** One adapter in the API. Its ETag is the edition of its card; counts of downloads and likes do not change it. */
@Path("/api/v1/adapters/{publisher}/{name}")
@Produces(MediaType.APPLICATION_JSON)
@Tag(name = "Adapters")
public class AdapterResource {

    private final Adapters adapters;
    private final AdapterEditing editing;

    AdapterResource(Adapters adapters, AdapterEditing editing) {
        this.adapters = adapters;
        this.editing = editing;
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

    @PATCH
    @Authenticated
    @Consumes({MediaType.APPLICATION_JSON, "application/merge-patch+json"})
    @Transactional
    @Operation(
            summary = "Change the card, the visibility, the notes of versions",
            description =
                    "A JSON merge patch (RFC 7396): what is left out stays as it is, null empties. If-Match with the ETag is needed.")
    @RequestBody(
            required = true,
            content =
                    @Content(
                            mediaType = "application/merge-patch+json",
                            schema = @Schema(implementation = AdapterChange.class)))
    @APIResponseSchema(AdapterView.class)
    public Response change(
            String publisher, String name, JsonNode patch, @HeaderParam(HttpHeaders.IF_MATCH) String match) {
        Adapter before = editing.own(publisher, name);
        int edition = edition(match, before);
        Adapter adapter = ApiCauses.named(() -> editing.change(publisher, name, AdapterChange.of(patch), edition));
        return Response.ok(adapters.view(adapter))
                .tag(new EntityTag(Integer.toString(adapter.edition)))
                .build();
    }

    @DELETE
    @Authenticated
    @Operation(
            summary = "Delete an adapter with all of its versions",
            description =
                    "What was composed of it stays; runs that have it as a candidate go with it. If-Match with the"
                            + " ETag is needed.")
    public void delete(String publisher, String name, @HeaderParam(HttpHeaders.IF_MATCH) String match) {
        editing.delete(publisher, name, edition(match, editing.deletable(publisher, name)));
    }

    private static int edition(String match, Adapter now) {
        if (match == null || match.isBlank()) throw ProblemException.needsIfMatch();
        if (match.strip().equals("*")) return now.edition;
        try {
            return Integer.parseInt(match.replace("W/", "").replace("\"", "").strip());
        } catch (NumberFormatException e) {
            throw ProblemException.changed(); // an ETag that we never gave
        }
    }
}
