package io.lorahub.composition.publication;

import io.lorahub.account.Viewer;
import io.lorahub.adapter.AdapterVersion;
import io.lorahub.adapter.lineage.PartWeights;
import io.lorahub.composition.RunRights;
import io.lorahub.composition.merge.MergeView;
import io.lorahub.composition.merge.Merges;
import io.lorahub.composition.task.WorkerTask;
import io.lorahub.upload.Upload;
import io.lorahub.web.ProblemException;
import jakarta.enterprise.context.RequestScoped;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Publishes a merge. */
@RequestScoped
class MergePublishing {

    /** Written for those who download the adapter; it names every part, and the card says the same. */
    private static final String README = "README.md";

    private final Viewer viewer;
    private final RunRights rights;
    private final Merges merges;
    private final MixPublication publication;

    MergePublishing(Viewer viewer, RunRights rights, Merges merges, MixPublication publication) {
        this.viewer = viewer;
        this.rights = rights;
        this.merges = merges;
        this.publication = publication;
    }

    /**
     * @throws ProblemException not found if it belongs to someone else or has expired, conflict if it isn't done or
     *     lacks any of its parts
     */
    PublishableMix mix(String id) {
        viewer.require();
        WorkerTask task = merges.ready(rights.owner(), id);
        MergeView merge = merges.of(rights.owner(), id);
        Map<AdapterVersion, Map<String, Double>> weights = new LinkedHashMap<>();
        for (MergeView.Candidate candidate : merge.candidates()) {
            AdapterVersion version = AdapterVersion.findById(candidate.version());
            if (version != null) weights.put(version, Map.of(PartWeights.ALL, candidate.weight()));
            else if (merge.isPart(candidate.weight())) throw MixPublication.deleted(candidate.address());
        }
        List<MixComponent> parts = publication.parts(weights).stream()
                .filter(part -> merge.isPart(part.weights().farthest()))
                .toList();
        MixLicence licence = MixLicence.of(parts);
        Map<String, String> files = new TreeMap<>(task.files);
        files.remove(README);
        return new PublishableMix(
                merge.title(),
                merge.page(),
                null,
                files,
                MixPublication.open(weights.keySet()),
                parts,
                licence,
                MixCard.of(merge, weights.keySet(), parts, licence));
    }

    /** @throws ProblemException with all objections that can be found before the adapter is checked */
    Upload publish(String id, MixDraft draft) {
        PublishableMix mix = mix(id);
        if (draft.export() != null && !draft.export().isBlank()) {
            throw ProblemException.invalid(
                    "export", "A merge has no exports. Leave the field out, or merge again with a rank.");
        }
        return publication.publish(mix, mix.files(), draft);
    }
}
