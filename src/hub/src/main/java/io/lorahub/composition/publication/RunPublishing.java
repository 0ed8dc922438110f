package io.lorahub.composition.publication;

import io.lorahub.account.Viewer;
import io.lorahub.adapter.AdapterVersion;
import io.lorahub.composition.CompositionRun;
import io.lorahub.composition.RunCandidate;
import io.lorahub.composition.RunResult;
import io.lorahub.composition.RunResults;
import io.lorahub.composition.RunRights;
import io.lorahub.composition.result.Exports;
import io.lorahub.upload.Upload;
import io.lorahub.web.ProblemException;
import io.lorahub.web.Uuids;
import jakarta.enterprise.context.RequestScoped;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Publishes the result of a run. */
@RequestScoped
class RunPublishing {

    private final Viewer viewer;
    private final RunRights rights;
    private final RunResults results;
    private final Exports exports;
    private final MixPublication publication;

    RunPublishing(Viewer viewer, RunRights rights, RunResults results, Exports exports, MixPublication publication) {
        this.viewer = viewer;
        this.rights = rights;
        this.results = results;
        this.exports = exports;
        this.publication = publication;
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
            throw MixPublication.deleted(part.address());
        });
        return run;
    }

    PublishableMix mix(CompositionRun run) {
        RunResult result = results.of(run);
        Map<AdapterVersion, Map<String, Double>> weights = new LinkedHashMap<>();
        for (RunCandidate candidate : run.candidates) {
            if (!candidate.isDeleted()) weights.put(candidate.version(), result.byGroup(run, candidate));
        }
        List<MixComponent> parts = publication.parts(weights).stream()
                .filter(part -> part.weights().isUsed())
                .toList();
        MixLicence licence = MixLicence.of(parts);
        return new PublishableMix(
                run.title,
                "/runs/%s/result".formatted(run.id),
                run.id,
                run.files,
                MixPublication.open(weights.keySet()),
                parts,
                licence,
                MixCard.of(run, result, parts, licence));
    }

    /** @throws ProblemException with all objections that can be found before the adapter is checked */
    Upload publish(String id, MixDraft draft) {
        CompositionRun run = run(id);
        return publication.publish(mix(run), files(run, draft), draft);
    }

    private Map<String, String> files(CompositionRun run, MixDraft draft) {
        if (draft.export() == null || draft.export().isBlank()) return run.files;
        return exports.ready(
                        run,
                        Uuids.parse(draft.export())
                                .orElseThrow(() -> ProblemException.invalid(
                                        "export", "This run has no file “%s”.".formatted(draft.export()))))
                .files;
    }
}
