package io.lorahub.composition.publication;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.lorahub.account.Person;
import io.lorahub.account.Publisher;
import io.lorahub.account.Viewer;
import io.lorahub.adapter.Adapter;
import io.lorahub.adapter.AdapterVersion;
import io.lorahub.adapter.Visibility;
import io.lorahub.adapter.publication.CheckReport;
import io.lorahub.adapter.publication.Origin;
import io.lorahub.adapter.publication.Publication;
import io.lorahub.adapter.publication.Publishing;
import io.lorahub.composition.CompositionRun;
import io.lorahub.composition.result.Exports;
import io.lorahub.storage.Blobs;
import io.lorahub.upload.Upload;
import io.lorahub.upload.UploadView;
import io.lorahub.upload.publication.MixUploads;
import io.lorahub.web.ProblemException;
import io.lorahub.web.Uuids;
import io.quarkus.narayana.jta.QuarkusTransaction;
import jakarta.enterprise.context.RequestScoped;
import jakarta.ws.rs.core.Response;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** Turns a mix into an adapter by means of an upload: it is published once it has passed the checks. */
@RequestScoped
class MixPublication {

    static final String WEIGHTS = "adapter_model.safetensors";

    private static final String RECIPE = "recipe.json";

    /** What names an adapter in a recipe. */
    private static final List<String> NAMING = List.of("name", "address", "files", "path");

    /** Maximum size of a recipe in bytes, the largest that is stored within a transaction. */
    private static final int LONGEST_RECIPE = 1 << 20;

    private final Viewer viewer;
    private final Exports exports;
    private final MixUploads mixes;
    private final Publishing publishing;
    private final Blobs blobs;
    private final ObjectMapper json;

    MixPublication(
            Viewer viewer, Exports exports, MixUploads mixes, Publishing publishing, Blobs blobs, ObjectMapper json) {
        this.viewer = viewer;
        this.exports = exports;
        this.mixes = mixes;
        this.publishing = publishing;
        this.blobs = blobs;
        this.json = json;
    }

    /** @throws ProblemException with all objections that can be found before the adapter is checked */
    Upload publish(PublishableMix mix, MixDraft draft) {
        Map<String, String> files = files(mix, draft.export());
        if (mix.licence().id() == null) {
            throw ProblemException.invalid("licence", mix.licence().reason());
        }
        Publisher publisher = publisher(draft, viewer.require());
        return mixes.publish(new Publication(
                publisher,
                draft.name() == null ? "" : draft.name(),
                draft.over(mix.card()),
                Visibility.of(
                        draft.visibility(),
                        existing(publisher, draft.name())
                                .map(adapter -> adapter.visibility)
                                .orElse(Visibility.PRIVATE)),
                draft.version(),
                draft.notes(),
                published(mix, files, draft),
                CheckReport.pending(),
                new Origin(
                        mix.parts().stream()
                                .collect(Collectors.toMap(part -> part.version, part -> part.weights.farthest())),
                        mix.run()),
                List.of()));
    }

    /** The answer of the API: the upload that checks and publishes it. */
    Response accept(PublishableMix mix, MixDraft draft) {
        UploadView upload = mixes.view(publish(mix, draft == null ? MixDraft.EMPTY : draft));
        return Response.accepted(upload).location(URI.create(upload.url())).build();
    }

    /** Of the lossless adapter, or of a file made from it. */
    private Map<String, String> files(PublishableMix mix, String export) {
        if (export == null || export.isBlank()) return mix.files();
        if (mix.run() == null) {
            throw ProblemException.invalid(
                    "export", "A merge has no exports. Leave the field out, or merge again with a rank.");
        }
        return exports.ready(
                        CompositionRun.findById(mix.run()),
                        Uuids.parse(export)
                                .orElseThrow(() -> ProblemException.invalid(
                                        "export", "This run has no file “%s”.".formatted(export))))
                .files;
    }

    private Map<String, String> published(PublishableMix mix, Map<String, String> files, MixDraft draft) {
        Map<String, String> published = new TreeMap<>(files);
        if (!draft.withRecipe()) published.remove(RECIPE);
        published.computeIfPresent(
                RECIPE, (name, sha256) -> QuarkusTransaction.joiningExisting().call(() -> recipe(mix.open(), sha256)));
        return published;
    }

    /**
     * The recipe to publish. The run's own names every candidate; this one omits the addresses and file hashes of
     * candidates that are not public.
     *
     * @param open   addresses of the candidates that are visible to everyone
     * @param sha256 SHA-256 of the run's own recipe
     */
    private String recipe(Set<String> open, String sha256) {
        try (InputStream in = blobs.open(sha256, 0, blobs.size(sha256))) {
            JsonNode recipe = json.readTree(in);
            boolean withheld = false;
            for (JsonNode adapter : recipe.path("adapters")) {
                String address = adapter.path("address").asText().replaceFirst("@.*", "");
                if (open.contains(address)) continue;
                ((ObjectNode) adapter).remove(NAMING).put("withheld", true);
                withheld = true;
            }
            if (!withheld) return sha256;
            byte[] bytes = json.writeValueAsBytes(recipe);
            if (bytes.length > LONGEST_RECIPE) {
                throw ProblemException.invalid("recipe", "This recipe is too long; publish the mix without it.");
            }
            return blobs.publishInTransaction(bytes).sha256;
        } catch (IOException e) {
            throw new UncheckedIOException("The recipe of the run cannot be read.", e);
        }
    }

    private static Publisher publisher(MixDraft draft, Person person) {
        String name = draft.publisher() == null || draft.publisher().isBlank() ? person.name : draft.publisher();
        return Publisher.named(name)
                .filter(publisher -> publisher.hasMember(person))
                .orElseThrow(() ->
                        ProblemException.invalid("publisher", "You cannot publish under the name %s.".formatted(name)));
    }

    /** The existing adapter that would get a new version by publishing under this name. */
    Optional<Adapter> existing(Publisher publisher, String name) {
        return name == null || name.isBlank() ? Optional.empty() : publishing.existing(publisher, name);
    }

    /** A version already published from these files, so that they are not published twice by mistake. */
    Optional<AdapterVersion> earlier(Map<String, String> files) {
        return AdapterVersion.publishedBy(viewer.require(), files.get(WEIGHTS));
    }
}
