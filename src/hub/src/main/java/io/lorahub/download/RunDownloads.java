package io.lorahub.download;

import io.lorahub.composition.CompositionRun;
import io.lorahub.composition.RunFormat;
import io.lorahub.composition.RunRights;
import io.lorahub.composition.conversion.Conversions;
import io.lorahub.composition.merge.Merges;
import io.lorahub.composition.result.Exports;
import io.lorahub.composition.task.WorkerTask;
import io.lorahub.download.content.ContentRegion;
import io.lorahub.storage.Blobs;
import io.lorahub.web.ProblemException;
import io.lorahub.web.Uuids;
import io.quarkus.narayana.jta.QuarkusTransaction;
import jakarta.enterprise.context.RequestScoped;
import jakarta.transaction.Transactional;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;

/**
 * Files of runs and merges that the viewer can download. As with adapters, the transactions end before the first byte is sent.
 */
@RequestScoped
class RunDownloads {

    private final RunRights rights;
    private final Exports exports;
    private final Merges merges;
    private final Blobs blobs;
    private final Zips zips;

    RunDownloads(RunRights rights, Exports exports, Merges merges, Blobs blobs, Zips zips) {
        this.rights = rights;
        this.exports = exports;
        this.merges = merges;
        this.blobs = blobs;
        this.zips = zips;
    }

    /** @throws ProblemException not found, if it does not exist or the viewer must not know about it */
    @Transactional
    Download file(String id, String file) {
        CompositionRun run = rights.visible(id);
        String sha256 = run.files.get(file);
        if (sha256 == null) throw ProblemException.notFound("such file of the run");
        return new Download(
                file,
                List.of(ContentRegion.Stored.whole(sha256, blobs.size(sha256))),
                sha256,
                run.endedAt,
                Optional.of(sha256),
                false,
                Optional.empty(),
                Optional.empty());
    }

    /** The merged adapter with its recipe. */
    Download adapter(String id) {
        return zips.of(QuarkusTransaction.requiringNew().call(() -> planAdapter(id)));
    }

    private Zips.Plan planAdapter(String id) {
        CompositionRun run = rights.visible(id);
        if (run.files.isEmpty()) throw ProblemException.notFound("adapter of this run");
        return plan(RunFormat.fileName(run.title), run.files, run.endedAt);
    }

    /** The files created on demand. */
    Download export(String id, String task) {
        return zips.of(QuarkusTransaction.requiringNew().call(() -> planExport(id, task)));
    }

    private Zips.Plan planExport(String id, String task) {
        CompositionRun run = rights.visible(id);
        UUID wanted = Uuids.parse(task).orElseThrow(() -> ProblemException.notFound("such file of the run"));
        Optional<WorkerTask> converted = Conversions.files(wanted)
                .filter(t -> t.run != null && t.run.id.equals(run.id))
                .filter(t -> t.question.path("kind").asText().equals("convert"));
        if (converted.isPresent()) return plan(converted.get());
        WorkerTask made = exports.ready(run, wanted);
        int rank = made.question.path("rank").asInt();
        return plan(
                RunFormat.fileName(run.title) + (rank == 0 ? "-full" : "-rank-" + rank), made.files, made.createdAt);
    }

    /** @throws ProblemException not found, also if someone else asked for the merge */
    Download merge(String id) {
        return zips.of(QuarkusTransaction.requiringNew().call(() -> plan(merges.ready(rights.owner(), id))));
    }

    private Zips.Plan plan(WorkerTask made) {
        return plan(made.answer.path("folder").asText(), made.files, made.createdAt);
    }

    private Zips.Plan plan(String folder, Map<String, String> files, Instant modified) {
        Map<String, Long> sizes = new HashMap<>();
        files.values().forEach(sha256 -> sizes.put(sha256, blobs.size(sha256)));
        return new Zips.Plan(folder, new TreeMap<>(files), sizes, modified, false, Optional.empty(), Optional.empty());
    }
}
