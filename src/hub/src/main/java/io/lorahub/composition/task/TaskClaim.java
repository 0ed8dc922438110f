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
 * @param number  distinguishes the claims of workers that had the task one after another
 * @param run     the run that the question is about
 * @param task    the adapters that the question is about if there is no run
 */
public record TaskClaim(UUID id, int number, TaskRequest question, Optional<OfRun> run, Optional<OfTask> task) {

    /**
     * A run and its result.
     *
     * @param files  SHA-256 of the result's files, by name
     * @param result null if there is none yet
     */
    public record OfRun(RunClaim claim, String title, Map<String, String> files, JsonNode result) {

        static OfRun of(CompositionRun run) {
            return new OfRun(new RunClaim(run), run.title, Map.copyOf(run.files), run.result);
        }

        /** Whether the files hold the mix as it became by training. */
        boolean isRefined() {
            return result != null && result.hasNonNull("refined");
        }

        /** The final weights of the run in the candidates' order; with layer groups, those of the first one first. */
        double[] weights() {
            List<String> groups = claim.spec.groups().names();
            return claim.names().stream()
                    .flatMap(name -> groups.stream()
                            .map(group -> groups.size() == 1
                                    ? result.path("weights").path(name)
                                    : result.path("layer_weights").path(name).path(group)))
                    .mapToDouble(JsonNode::asDouble)
                    .toArray();
        }
    }

    /** @param base SHA-256 of the base model's files, by name; empty if the hub doesn't have it */
    public record OfTask(String baseName, long baseBytes, Map<String, String> base, List<Version> versions) {

        /** @param base empty if the hub doesn't have it */
        static OfTask of(String name, Optional<BaseModelRecord> base, List<Version> versions) {
            return new OfTask(
                    name,
                    base.map(b -> b.parameters * Float.BYTES).orElse(0L),
                    base.map(b -> Map.copyOf(b.files)).orElse(Map.of()),
                    versions);
        }
    }

    /**
     * @param files  SHA-256 of the files, by name
     * @param saved  whether it has modules of its own in place of the base model's, or may have
     */
    record Version(long id, String address, String label, Map<String, String> files, boolean saved) {}
}
