package io.lorahub.composition.publication;

import io.lorahub.account.Viewer;
import io.lorahub.adapter.Adapter;
import io.lorahub.adapter.AdapterRights;
import io.lorahub.adapter.AdapterVersion;
import io.lorahub.adapter.lineage.PartWeights;
import io.lorahub.composition.CompositionRun;
import io.lorahub.composition.RunCandidate;
import io.lorahub.composition.RunResult;
import io.lorahub.composition.RunResults;
import io.lorahub.composition.RunRights;
import io.lorahub.composition.merge.MergeView;
import io.lorahub.composition.merge.Merges;
import io.lorahub.composition.task.WorkerTask;
import io.lorahub.web.ProblemException;
import jakarta.enterprise.context.RequestScoped;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** The results of runs and the merges that the member can publish. */
@RequestScoped
class PublishableMixes {

    /** Written for those who download a merge; it names every part, and the card says the same. */
    private static final String README = "README.md";

    private final Viewer viewer;
    private final RunRights rights;
    private final AdapterRights adapters;
    private final RunResults results;
    private final Merges merges;

    PublishableMixes(Viewer viewer, RunRights rights, AdapterRights adapters, RunResults results, Merges merges) {
        this.viewer = viewer;
        this.rights = rights;
        this.adapters = adapters;
        this.results = results;
        this.merges = merges;
    }

    /**
     * The result of a run.
     *
     * @throws ProblemException not found if the member can't see the run, forbidden if it belongs to someone else,
     *     conflict if it has no adapter or lacks any of its parts
     */
    PublishableMix run(String id) {
        viewer.require();
        CompositionRun run = rights.visible(id);
        if (!rights.owns(run)) {
            throw ProblemException.forbidden(
                    "“%s” is someone else's run; fork it and publish that.".formatted(run.title));
        }
        if (run.files.isEmpty()) {
            throw ProblemException.conflict("“%s” has no adapter that could be published.".formatted(run.title));
        }
        RunResult result = results.of(run);
        result.deletedPart(run).ifPresent(part -> {
            throw deleted(part.address());
        });
        Map<AdapterVersion, Map<String, Double>> weights = new LinkedHashMap<>();
        for (RunCandidate candidate : run.candidates) {
            if (!candidate.isDeleted()) weights.put(candidate.version(), result.byGroup(run, candidate));
        }
        List<MixComponent> parts =
                parts(weights).stream().filter(part -> part.weights.isUsed()).toList();
        return new PublishableMix(
                run.title,
                "/runs/%s/result".formatted(run.id),
                run.id,
                run.files,
                listed(weights.keySet()),
                parts,
                MixCard.of(run, result, parts, MixLicence.of(parts)));
    }

    /**
     * A merge.
     *
     * @throws ProblemException not found if it belongs to someone else or has expired, conflict if it isn't done or
     *     lacks any of its parts
     */
    PublishableMix merge(String id) {
        viewer.require();
        WorkerTask task = merges.ready(rights.owner(), id);
        MergeView merge = merges.of(rights.owner(), id);
        Map<AdapterVersion, Map<String, Double>> weights = new LinkedHashMap<>();
        for (MergeView.Candidate candidate : merge.candidates) {
            AdapterVersion version = AdapterVersion.findById(candidate.version());
            if (version != null) weights.put(version, Map.of(PartWeights.ALL, candidate.weight()));
            else if (merge.isPart(candidate.weight())) throw deleted(candidate.address());
        }
        List<MixComponent> parts = parts(weights).stream()
                .filter(part -> merge.isPart(part.weights.farthest()))
                .toList();
        Map<String, String> files = new TreeMap<>(task.files);
        files.remove(README);
        return new PublishableMix(
                merge.title(),
                merge.page(),
                null,
                files,
                listed(weights.keySet()),
                parts,
                MixCard.of(merge, weights.keySet(), parts, MixLicence.of(parts)));
    }

    /**
     * The versions as the viewer can use them, those that add most to the mix first.
     *
     * @param weights as in {@link PartWeights#byGroup}
     */
    private List<MixComponent> parts(Map<AdapterVersion, Map<String, Double>> weights) {
        Map<Long, Double> norms = AdapterVersion.norms(
                weights.keySet().stream().map(version -> version.id).toList());
        return PartWeights.of(weights, version -> norms.get(version.id)).entrySet().stream()
                .map(part -> new MixComponent(
                        part.getKey(), part.getValue(), adapters.mayPublishAs(part.getKey().adapter.publisher)))
                .toList();
    }

    /** Addresses of those that are visible to everyone. */
    private static Set<String> listed(Collection<AdapterVersion> versions) {
        return versions.stream()
                .map(version -> version.adapter)
                .filter(Adapter::isListed)
                .map(Adapter::address)
                .collect(Collectors.toSet());
    }

    private static ProblemException deleted(String part) {
        return ProblemException.conflict(
                "%s, a part of this mix, was deleted, so its licence is unknown. The mix can be downloaded, but not published."
                        .formatted(part));
    }
}
