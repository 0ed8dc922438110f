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
import io.lorahub.composition.CompositionRun;
import io.lorahub.composition.RunResult;
import io.lorahub.composition.RunRights;
import io.lorahub.composition.result.Exports;
import io.lorahub.composition.result.RunResults;
import io.lorahub.upload.Upload;
import io.lorahub.upload.publication.MixUploads;
import io.lorahub.web.ProblemException;
import io.lorahub.web.Uuids;
import jakarta.enterprise.context.RequestScoped;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** Turns the result of a run into an adapter by means of an upload: it is published once it has passed the checks. */
@RequestScoped
class RunPublishing {

    private static final String RECIPE = "recipe.json";

    private final Viewer viewer;
    private final RunRights rights;
    private final AdapterRights adapters;
    private final RunResults results;
    private final Exports exports;
    private final MixUploads mixes;
    private final Publishing publishing;
    private final PublishedRecipe recipe;

    RunPublishing(
            Viewer viewer,
            RunRights rights,
            AdapterRights adapters,
            RunResults results,
            Exports exports,
            MixUploads mixes,
            Publishing publishing,
            PublishedRecipe recipe) {
        this.viewer = viewer;
        this.rights = rights;
        this.adapters = adapters;
        this.results = results;
        this.exports = exports;
        this.mixes = mixes;
        this.publishing = publishing;
        this.recipe = recipe;
    }

    /**
     * The run, if the member may publish it.
     *
     * @throws ProblemException not found if it belongs to someone else, conflict if it has no adapter or lacks any of
     *     its parts
     */
    CompositionRun run(String id) {
        viewer.require();
        CompositionRun run = rights.visible(id);
        if (!rights.owns(run)) {
            throw ProblemException.forbidden(
                    "“%s” is someone else's run; fork it and publish that.".formatted(run.title));
        }
        if (run.files.isEmpty()) {
            throw ProblemException.conflict("“%s” has no adapter that could be published.".formatted(run.title));
        }
        results.of(run).deletedPart(run).ifPresent(part -> {
            throw ProblemException.conflict(
                    "%s, a part of this mix, was deleted, so its licence is unknown. The mix can be downloaded, but not published."
                            .formatted(part.address()));
        });
        return run;
    }

    MixProposal proposal(CompositionRun run) {
        RunResult result = results.of(run);
        List<MixComponent> parts = run.candidates.stream()
                .filter(candidate -> result.weight(candidate) != 0)
                .map(candidate -> MixComponent.of(
                        candidate.version(),
                        result.weight(candidate),
                        result.groups(run, candidate),
                        adapters.mayPublishAs(candidate.version().adapter.publisher)))
                .sorted(Comparator.comparingDouble(part -> -Math.abs(part.weight())))
                .toList();
        MixLicence licence = MixLicence.of(parts);
        return new MixProposal(parts, licence, MixCard.of(run, result, parts, licence));
    }

    /** @throws ProblemException with all objections that can be found before the adapter is checked */
    Upload publish(String id, MixDraft draft) {
        CompositionRun run = run(id);
        MixProposal proposal = proposal(run);
        if (proposal.licence().id() == null) {
            throw ProblemException.invalid("licence", proposal.licence().reason());
        }
        Person person = viewer.require();
        Map<String, String> files = files(run, draft);
        Publisher publisher = publisher(draft, person);
        return mixes.publish(new Publication(
                publisher,
                draft.name() == null ? "" : draft.name(),
                draft.over(proposal.card()),
                Visibility.of(
                        draft.visibility(),
                        existing(publisher, draft.name())
                                .map(adapter -> adapter.visibility)
                                .orElse(Visibility.PRIVATE)),
                draft.version(),
                draft.notes(),
                files,
                CheckReport.pending(),
                new Origin(
                        proposal.parts().stream()
                                .collect(Collectors.toMap(MixComponent::version, MixComponent::weight)),
                        run.id),
                List.of()));
    }

    private Map<String, String> files(CompositionRun run, MixDraft draft) {
        Map<String, String> files = new TreeMap<>(
                draft.export() == null || draft.export().isBlank()
                        ? run.files
                        : exports.ready(
                                        run,
                                        Uuids.parse(draft.export())
                                                .orElseThrow(() -> ProblemException.invalid(
                                                        "export",
                                                        "This run has no file “%s”.".formatted(draft.export()))))
                                .files);
        if (!draft.withRecipe()) files.remove(RECIPE);
        files.computeIfPresent(RECIPE, (name, sha256) -> recipe.naming(open(run), sha256));
        return files;
    }

    private static Set<String> open(CompositionRun run) {
        return run.candidates.stream()
                .filter(candidate -> !candidate.isDeleted())
                .map(candidate -> candidate.version().adapter)
                .filter(MixComponent::isOpen)
                .map(Adapter::address)
                .collect(Collectors.toSet());
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

    /** A version already published from the run's files, so that it is not published twice by mistake. */
    Optional<AdapterVersion> earlier(CompositionRun run) {
        return AdapterVersion.find(
                        "select v from AdapterVersion v join v.files f where v.publishedBy = ?1 and f = ?2 order by v.id desc",
                        viewer.require(),
                        run.files.get("adapter_model.safetensors"))
                .firstResultOptional();
    }
}
