package io.lorahub.adapter.editing;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.lorahub.adapter.Adapter;
import io.lorahub.adapter.AdapterView;
import io.lorahub.adapter.Adapters;
import io.lorahub.web.CachePolicy;
import io.lorahub.web.EntityTags;
import io.lorahub.web.FieldError;
import io.lorahub.web.ProblemException;
import io.quarkus.security.Authenticated;
import io.vertx.core.http.HttpServerRequest;
import jakarta.transaction.Transactional;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.HeaderParam;
import jakarta.ws.rs.PATCH;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.EntityTag;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.util.ArrayList;
import java.util.List;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.parameters.Parameter;
import org.eclipse.microprofile.openapi.annotations.parameters.RequestBody;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponseSchema;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;

/** One adapter in the API. */
@Path("/api/v1/adapters/{publisher}/{name}")
@Produces(MediaType.APPLICATION_JSON)
@Tag(name = "Adapters")
public class AdapterResource {

    private final Adapters adapters;
    private final AdapterEditing editing;
    private final ObjectMapper json;

    AdapterResource(Adapters adapters, AdapterEditing editing, ObjectMapper json) {
        this.adapters = adapters;
        this.editing = editing;
        this.json = json;
    }

    @GET
    @Operation(
            summary = "One adapter with its versions and their files",
            description =
                    "The ETag is the edition of the card, a hyphen and a hash of everything shown, including likes"
                            + " and downloads. If-None-Match compares the whole ETag. If-Match compares only the"
                            + " edition, so a like or a download doesn't block a change.")
    @APIResponseSchema(AdapterView.class)
    @APIResponse(responseCode = "304", description = "Not modified since the ETag in If-None-Match.")
    public Response get(String publisher, String name, @Context HttpServerRequest request) {
        Adapter adapter = adapters.visible(publisher, name);
        EntityTags.in(request, HttpHeaders.IF_MATCH).ifPresent(tags -> edition(tags, adapter));
        AdapterView view = adapters.view(adapter);
        return EntityTags.answer(request, tag(adapter, view), () -> view)
                .cacheControl(CachePolicy.PRIVATE.control())
                .header(HttpHeaders.VARY, "Authorization, Cookie")
                .build();
    }

    @PATCH
    @Authenticated
    @Consumes({MediaType.APPLICATION_JSON, "application/merge-patch+json"})
    @Transactional
    @Operation(
            summary = "Change the card, the visibility, the notes of versions",
            description = "A JSON merge patch (RFC 7396): omitted fields stay unchanged, null clears a field. Requires"
                    + " If-Match with the ETag.")
    @RequestBody(
            required = true,
            content =
                    @Content(
                            mediaType = "application/merge-patch+json",
                            schema = @Schema(implementation = AdapterChange.class)))
    @APIResponseSchema(AdapterView.class)
    public Response change(
            String publisher,
            String name,
            JsonNode patch,
            @Parameter(required = true) @HeaderParam(HttpHeaders.IF_MATCH) String match) {
        Adapter before = editing.own(publisher, name);
        int edition = edition(match, before);
        List<FieldError> unreadable = new ArrayList<>();
        Adapter adapter = editing.change(publisher, name, AdapterChange.of(patch, unreadable), edition, unreadable);
        AdapterView view = adapters.view(adapter);
        return Response.ok(view).tag(tag(adapter, view)).build();
    }

    @DELETE
    @Authenticated
    @Operation(
            summary = "Delete an adapter with all of its versions",
            description =
                    "Adapters composed from it stay; runs with it as a candidate end. Requires If-Match with the ETag.")
    public void delete(
            String publisher,
            String name,
            @Parameter(required = true) @HeaderParam(HttpHeaders.IF_MATCH) String match) {
        editing.delete(publisher, name, edition(match, editing.deletable(publisher, name)));
    }

    private EntityTag tag(Adapter adapter, AdapterView view) {
        return new EntityTag(adapter.edition + "-"
                + Integer.toHexString(json.valueToTree(view).hashCode()));
    }

    private static int edition(String match, Adapter now) {
        if (match == null || match.isBlank()) throw ProblemException.needsIfMatch();
        return edition(EntityTags.of(match), now);
    }

    /** @throws ProblemException if none of them matches the current edition */
    private static int edition(EntityTags tags, Adapter now) {
        String edition = Integer.toString(now.edition);
        if (!tags.stronglyMatch(tag -> tag.equals(edition) || tag.startsWith(edition + "-"))) {
            throw ProblemException.changed();
        }
        return now.edition;
    }
}
