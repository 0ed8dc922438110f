package io.lorahub.composition.publication;

import io.lorahub.account.Person;
import io.lorahub.account.Publisher;
import io.lorahub.account.Viewer;
import io.lorahub.adapter.Adapter;
import io.lorahub.adapter.AdapterRights;
import io.lorahub.adapter.AdapterVersion;
import io.lorahub.adapter.Visibility;
import io.lorahub.adapter.publication.CheckReport;
import io.lorahub.adapter.publication.Origin;
import io.lorahub.adapter.publication.Publication;
import io.lorahub.adapter.publication.Publishing;
import io.lorahub.upload.Upload;
import io.lorahub.upload.publication.MixUploads;
import io.lorahub.web.ProblemException;
import jakarta.enterprise.context.RequestScoped;
import java.util.Collection;
import java.util.Comparator;
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

    private final Viewer viewer;
    private final AdapterRights adapters;
    private final MixUploads mixes;
    private final Publishing publishing;
    private final PublishedRecipe recipe;

    MixPublication(
            Viewer viewer, AdapterRights adapters, MixUploads mixes, Publishing publishing, PublishedRecipe recipe) {
        this.viewer = viewer;
        this.adapters = adapters;
        this.mixes = mixes;
        this.publishing = publishing;
        this.recipe = recipe;
    }

    /** The versions, the heaviest first, as the viewer can use them. */
    List<MixComponent> parts(Map<AdapterVersion, Double> weights, Map<AdapterVersion, Map<String, Double>> groups) {
        return weights.entrySet().stream()
                .map(part -> MixComponent.of(
                        part.getKey(),
                        part.getValue(),
                        groups.getOrDefault(part.getKey(), Map.of()),
                        adapters.mayPublishAs(part.getKey().adapter.publisher)))
                .sorted(Comparator.comparingDouble(part -> -Math.abs(part.weight())))
                .toList();
    }

    /** Addresses of those that are visible to everyone. */
    static Set<String> open(Collection<AdapterVersion> versions) {
        return versions.stream()
                .map(version -> version.adapter)
                .filter(MixComponent::isOpen)
                .map(Adapter::address)
                .collect(Collectors.toSet());
    }

    static ProblemException deleted(String part) {
        return ProblemException.conflict(
                "%s, a part of this mix, was deleted, so its licence is unknown. The mix can be downloaded, but not published."
                        .formatted(part));
    }

    /**
     * @param files SHA-256 by name, of the files to publish
     * @throws ProblemException with all objections that can be found before the adapter is checked
     */
    Upload publish(PublishableMix mix, Map<String, String> files, MixDraft draft) {
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
                        mix.parts().stream().collect(Collectors.toMap(MixComponent::version, MixComponent::weight)),
                        mix.run()),
                List.of()));
    }

    private Map<String, String> published(PublishableMix mix, Map<String, String> files, MixDraft draft) {
        Map<String, String> published = new TreeMap<>(files);
        if (!draft.withRecipe()) published.remove(RECIPE);
        published.computeIfPresent(RECIPE, (name, sha256) -> recipe.naming(mix.open(), sha256));
        return published;
    }

    private static Publisher publisher(MixDraft draft, Person person) {
        String name = draft.publisher() == null || draft.publisher().isBlank() ? person.name : draft.publisher();
        return Publisher.named(name)
                .filter(publisher -> publisher.members.stream().anyMatch(m -> m.id.equals(person.id)))
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
