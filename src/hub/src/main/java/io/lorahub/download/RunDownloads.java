package io.lorahub.download;

import io.lorahub.composition.CompositionRun;
import io.lorahub.composition.RunFormat;
import io.lorahub.composition.RunRights;
import io.lorahub.composition.conversion.Conversions;
import io.lorahub.composition.merge.Merges;
import io.lorahub.composition.result.Exports;
import io.lorahub.composition.result.RunReadme;
import io.lorahub.composition.task.TaskRequest;
import io.lorahub.composition.task.WorkerTask;
import io.lorahub.storage.Blobs;
import io.lorahub.web.ProblemException;
import io.lorahub.web.Uuids;
import jakarta.enterprise.context.RequestScoped;
import jakarta.transaction.Transactional;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/** Files of runs and merges that the viewer can download. */
@RequestScoped
class RunDownloads {

    private final RunRights rights;
    private final Exports exports;
    private final Merges merges;
    private final RunReadme readme;
    private final Blobs blobs;
    private final Zips zips;

    RunDownloads(RunRights rights, Exports exports, Merges merges, RunReadme readme, Blobs blobs, Zips zips) {
        this.rights = rights;
        this.exports = exports;
        this.merges = merges;
        this.readme = readme;
        this.blobs = blobs;
        this.zips = zips;
    }

    /** @throws ProblemException not found, if it does not exist or the viewer must not know about it */
    @Transactional
    Download file(String id, String file) {
        CompositionRun run = rights.visible(id);
        String sha256 = run.files.get(file);
        if (sha256 == null) throw ProblemException.notFound("such file of the run");
        return Download.ofFile(file, sha256, blobs.size(sha256), run.endedAt, DownloadAccess.VIEWER);
    }

    /** The merged adapter with its recipe. */
    Download adapter(String id) {
        return zips.of(() -> {
            CompositionRun run = rights.visible(id);
            if (run.files.isEmpty()) throw ProblemException.notFound("adapter of this run");
            String folder = RunFormat.fileName(run.title);
            return source(folder, run.files, readme.ofAdapter(run, folder), run.endedAt);
        });
    }

    /** The files created on demand. */
    Download export(String id, String task) {
        return zips.of(() -> {
            CompositionRun run = rights.visible(id);
            UUID taskId = Uuids.parse(task).orElseThrow(() -> ProblemException.notFound("such file of the run"));
            Optional<WorkerTask> converted = Conversions.files(taskId)
                    .filter(t -> t.run != null && t.run.id.equals(run.id))
                    .filter(t -> t.question instanceof TaskRequest.Convert);
            WorkerTask made = converted.orElseGet(() -> exports.ready(run, taskId));
            String folder = made.question(TaskRequest.Export.class)
                    .map(export ->
                            RunFormat.fileName(run.title) + (export.rank() == 0 ? "-full" : "-rank-" + export.rank()))
                    .orElseGet(made::folder);
            return source(folder, made.files, readme.of(run, made, folder), made.createdAt);
        });
    }

    /** @throws ProblemException not found, also if someone else asked for the merge */
    Download merge(String id) {
        return zips.of(() -> {
            WorkerTask made = merges.ready(rights.owner(), id);
            return source(made.folder(), made.files, "", made.createdAt);
        });
    }

    /** @param readme to add if the files have none of their own; empty for none */
    private static Zips.Source source(String folder, Map<String, String> files, String readme, Instant modified) {
        boolean added = !readme.isEmpty() && !files.containsKey(RunReadme.FILE);
        Map<String, String> texts = added ? Map.of(RunReadme.FILE, readme) : Map.of();
        return new Zips.Source(folder, files, texts, modified, DownloadAccess.VIEWER);
    }
}
