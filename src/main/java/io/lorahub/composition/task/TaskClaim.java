package io.lorahub.composition.task;

import com.fasterxml.jackson.databind.JsonNode;
import io.lorahub.basemodel.BaseModelRecord;
import io.lorahub.composition.CompositionRun;
import io.lorahub.composition.queue.RunClaim;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/**
 * A task that a worker has claimed, with all data that it needs, read in one transaction.
 *
 * @param run     the run that the question is about
 * @param suggest the task that the question is about if there is no run
 */
public record TaskClaim(UUID id, TaskRequest question, Optional<OfRun> run, Optional<OfTask> suggest) {

    /**
     * A run and its result.
     *
     * @param files  SHA-256 of the result's files, by name
     * @param result null if there is none yet
     */
    public record OfRun(RunClaim claim, Map<String, String> files, JsonNode result) {

        static OfRun of(CompositionRun run) {
            return new OfRun(RunClaim.of(run), Map.copyOf(run.files), run.result);
        }

        /** The final weights of the run, in the candidates' order. */
        double[] weights() {
            return claim.names().stream()
                    .mapToDouble(name -> result.path("weights").path(name).asDouble())
                    .toArray();
        }
    }

    public record OfTask(String baseName, long baseBytes, Map<String, String> base, List<Version> versions) {

        static OfTask of(BaseModelRecord base, List<Version> versions) {
            return new OfTask(base.name, base.parameters * Float.BYTES, Map.copyOf(base.files), versions);
        }
    }

    /** @param files SHA-256 of the files, by name */
    record Version(long id, String address, String label, Map<String, String> files) {}
}
