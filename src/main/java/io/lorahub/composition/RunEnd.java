package io.lorahub.composition;

import io.lorahub.storage.Blobs;
import io.lorahub.storage.HeldBlobs;
import io.lorahub.storage.ObjectStore;
import io.lorahub.storage.StagedFolder;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.apache.commons.io.FileUtils;

/** Does a run to its end, or to where it is stopped, and stores what came out. */
final class RunEnd {

    private final RunStates states;
    private final StoreOutages outages;
    private final ObjectStore store;
    private final Blobs blobs;
    private final WorkerTempFolders scratch;

    RunEnd(RunStates states, StoreOutages outages, ObjectStore store, Blobs blobs, WorkerTempFolders scratch) {
        this.states = states;
        this.outages = outages;
        this.store = store;
        this.blobs = blobs;
        this.scratch = scratch;
    }

    /** @throws LostRunException if the run is another worker's meanwhile */
    RunOutcome of(RunningExecutions here, RunExecution execution) {
        RunClaim run = here.run();
        Path folder = null;
        try {
            folder = scratch.folder("run-");
            Optional<RunResult> result = execution.run(folder.resolve("merged"), said -> states.searched(run, said));
            if (result.isPresent()) {
                Path merged = Files.createDirectories(folder.resolve("merged"));
                if (outages.outlast(here, () -> store(run, result.get(), merged))
                        .isPresent()) return RunOutcome.DONE;
            }
            return states.stopped(run) ? RunOutcome.DONE : RunOutcome.AGAIN;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } finally {
            if (folder != null) FileUtils.deleteQuietly(folder.toFile());
        }
    }

    private RunResult store(RunClaim run, RunResult result, Path merged) {
        try {
            StagedFolder files = StagedFolder.of(store, merged, name -> true);
            try (HeldBlobs held = files.publish(blobs)) {
                states.succeed(run, result, files.hashes());
            }
            return result;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
