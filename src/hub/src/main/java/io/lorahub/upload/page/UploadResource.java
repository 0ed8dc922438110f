package io.lorahub.upload.page;

import com.fasterxml.jackson.databind.JsonNode;
import io.lorahub.adapter.Adapter;
import io.lorahub.adapter.AdapterView;
import io.lorahub.adapter.Adapters;
import io.lorahub.upload.Draft;
import io.lorahub.upload.Upload;
import io.lorahub.upload.UploadView;
import io.lorahub.upload.Uploads;
import io.lorahub.upload.check.UploadRepair;
import io.lorahub.upload.publication.Drafts;
import io.lorahub.upload.publication.UploadPublishing;
import io.lorahub.upload.transfer.UploadFileResource;
import io.lorahub.web.EntityTags;
import io.quarkus.narayana.jta.QuarkusTransaction;
import io.quarkus.security.Authenticated;
import jakarta.transaction.Transactional;
import jakarta.validation.Valid;
import jakarta.validation.constraints.NotNull;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.HeaderParam;
import jakarta.ws.rs.PATCH;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.EntityTag;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.net.URI;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponseSchema;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jboss.resteasy.reactive.RestQuery;

/** The viewer's own uploads in the API; {@link UploadFileResource} receives the files. */
@Path(UploadView.PATH)
@Produces(MediaType.APPLICATION_JSON)
@Authenticated
@Tag(name = "Uploads")
public class UploadResource {

    private final Uploads uploads;
    private final Drafts drafts;
    private final UploadRepair repair;
    private final UploadPublishing publishing;
    private final Adapters adapters;

    UploadResource(
            Uploads uploads, Drafts drafts, UploadRepair repair, UploadPublishing publishing, Adapters adapters) {
        this.uploads = uploads;
        this.drafts = drafts;
        this.repair = repair;
        this.publishing = publishing;
        this.adapters = adapters;
    }

    @POST
    @Consumes(MediaType.APPLICATION_JSON)
    @Transactional
    @Operation(
            summary = "Announces files to upload",
            description =
                    "Each folder with an adapter in it, and each zip, becomes one upload; the first is in Location."
                            + " Send each file with PATCH to its url, then get the upload until its state is no"
                            + " longer checking. Fix what the checks found, or publish it with POST to its"
                            + " publication. If you send the card of that publication here, the upload is rejected"
                            + " at once if its card would be; the card is not stored.")
    @APIResponseSchema(value = UploadList.class, responseCode = "201")
    public Response announce(@NotNull @Valid UploadManifest manifest) {
        List<Upload> announced = uploads.announce(manifest.sent(), manifest.target());
        if (manifest.card() != null && announced.size() == 1) {
            publishing.requirePublishable(announced.get(0), manifest.card());
        }
        return Response.created(URI.create(UploadView.PATH + "/" + announced.get(0).id))
                .entity(UploadList.of(announced))
                .build();
    }

    @GET
    @Transactional
    @Operation(summary = "Uploads that are neither published nor cancelled, newest first")
    public UploadList list(@RestQuery UUID batch) {
        return UploadList.of(uploads.open().stream()
                .filter(upload -> batch == null || upload.batchId.equals(batch))
                .toList());
    }

    @GET
    @Path("/{id}")
    @Transactional
    @Operation(summary = "One upload: its files with how much of each has arrived, and what the checks found")
    @APIResponseSchema(UploadView.class)
    public Response get(UUID id) {
        return answer(uploads.ownOfAnyKind(id));
    }

    @POST
    @Path("/{id}/files")
    @Consumes(MediaType.APPLICATION_JSON)
    @Transactional
    @Operation(summary = "Announces files that replace those with the same names, or are added to them")
    @APIResponseSchema(UploadView.class)
    public Response replace(UUID id, @NotNull @Valid UploadManifest manifest) {
        return answer(uploads.replace(id, manifest.sent()));
    }

    @PATCH
    @Path("/{id}")
    @Consumes({MediaType.APPLICATION_JSON, "application/merge-patch+json"})
    @Transactional
    @Operation(
            summary = "Changes an upload's details before it is published",
            description = "Fields that are omitted or null stay unchanged; an empty string clears a field. base_model"
                    + " corrects the configuration and checks it again. Supports If-Match.")
    public Response change(UUID id, @NotNull Draft draft, @HeaderParam(HttpHeaders.IF_MATCH) String match) {
        return answer(drafts.change(id, draft, edition(match)));
    }

    @POST
    @Path("/{id}/checks")
    @Transactional
    @Operation(summary = "Checks an upload again")
    public Response check(UUID id) {
        return answer(repair.checkAgain(id));
    }

    @POST
    @Path("/{id}/publication")
    @Consumes(MediaType.APPLICATION_JSON)
    @Operation(
            summary = "Publishes an upload that passed its checks",
            description = "As a new adapter with this name, or as a new version if the publisher has one. The body"
                    + " takes the fields of PATCH. Omitted fields come from earlier PATCH requests, then from the"
                    + " adapter, or for a new one from its README. A new version keeps the adapter's visibility, and"
                    + " a new adapter is private, unless you set visibility. Location is the adapter's. If the files"
                    + " are those of the newest version, the answer is a conflict.")
    @APIResponseSchema(value = AdapterView.class, responseCode = "201")
    public Response publish(UUID id, Draft draft) {
        Adapter adapter = publishing.publish(id, draft == null ? Draft.EMPTY : draft).adapter;
        return Response.created(URI.create("/api/v1/adapters/" + adapter.address()))
                .entity(QuarkusTransaction.joiningExisting()
                        .call(() -> adapters.view(adapters.visible(adapter.publisher.name, adapter.name))))
                .build();
    }

    @DELETE
    @Path("/{id}")
    @Operation(summary = "Cancels an upload and deletes its files")
    public void cancel(UUID id) {
        uploads.cancel(id);
    }

    /** Empty if any edition is accepted. */
    private static Optional<Integer> edition(String match) {
        if (match == null) return Optional.empty();
        EntityTags tags = EntityTags.of(match);
        if (tags.any()) return Optional.empty();
        return Optional.of(tags.tags().stream()
                .filter(tag -> !tag.isWeak() && tag.getValue().matches("\\d{1,9}"))
                .map(tag -> Integer.valueOf(tag.getValue()))
                .findFirst()
                .orElse(-1)); // not one of our ETags
    }

    private Response answer(Upload upload) {
        JsonNode card = upload.getState().isOpen() ? drafts.of(upload).json() : upload.card;
        return Response.ok(UploadView.of(upload, card))
                .tag(new EntityTag(Integer.toString(upload.edition)))
                .build();
    }

    public record UploadList(List<UploadView> uploads) {

        static UploadList of(List<Upload> uploads) {
            return new UploadList(uploads.stream().map(UploadView::of).toList());
        }
    }
}
