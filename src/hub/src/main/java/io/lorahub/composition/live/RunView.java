package io.lorahub.composition.live;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import io.lorahub.composition.CompositionRun;
import io.lorahub.composition.RunCandidate;
import io.lorahub.composition.RunEvaluation;
import io.lorahub.composition.RunNote;
import io.lorahub.composition.RunSpec;
import io.lorahub.engine.names.EnumNames;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/**
 * A run as the API represents it.
 *
 * @param state      queued, running, paused, succeeded, failed, cancelled
 * @param stopRequest pause or cancel, if a worker will do so after the current point
 * @param warnings   reasons why the run is unlikely to give the result that its owner expects, each a sentence
 * @param candidates candidates with their versions, in the order of the weights
 * @param spent      evaluations charged to the budget
 * @param best       the point with the lowest objective so far
 * @param result     the report, once the run has succeeded: verdict, controls, weights, predictions
 * @param files      SHA-256 of the files, by name
 */
@JsonNaming(SnakeCaseStrategy.class)
@JsonInclude(JsonInclude.Include.NON_NULL)
public record RunView(
        UUID id,
        String page,
        String title,
        String description,
        String state,
        String stopRequest,
        List<String> warnings,
        String owner,
        boolean shared,
        String baseModel,
        List<String> candidates,
        RunSpec settings,
        int budget,
        int spent,
        double seconds,
        Evaluation best,
        String worker,
        String failure,
        UUID forkOf,
        Instant createdAt,
        Instant startedAt,
        Instant endedAt,
        Instant expiresAt,
        JsonNode result,
        Map<String, String> files) {

    /** @param weights in the order of the candidates; with layer groups, those of the first candidate first */
    @JsonNaming(SnakeCaseStrategy.class)
    public record Evaluation(int number, int cost, double objective, double loss, double[] weights, double seconds) {

        public static Evaluation of(RunEvaluation e) {
            return new Evaluation(e.id.number(), e.cost, e.objective, e.loss, e.weights, e.seconds);
        }
    }

    /** Runs as items of a list. */
    public static List<RunView> of(List<CompositionRun> runs) {
        Map<UUID, RunEvaluation> bests =
                RunEvaluation.bests(runs.stream().map(run -> run.id).toList());
        return runs.stream().map(run -> of(run, bests.get(run.id), null)).toList();
    }

    /** A run with all details. */
    public static RunView whole(CompositionRun run) {
        List<String> warnings = RunNote.warnings(run.id);
        RunEvaluation best = RunEvaluation.bests(List.of(run.id)).get(run.id);
        return of(run, best, warnings.isEmpty() ? null : warnings);
    }

    private static RunView of(CompositionRun run, RunEvaluation best, List<String> warnings) {
        return new RunView(
                run.id,
                "/runs/" + run.id,
                run.title,
                run.description,
                run.state.word(),
                run.stopRequest == null ? null : EnumNames.of(run.stopRequest),
                warnings,
                run.person == null ? null : run.person.name,
                run.shared,
                run.baseModel.name,
                run.candidates.stream().map(RunCandidate::addressWithVersion).toList(),
                run.spec,
                run.budget,
                run.spent,
                run.seconds,
                best == null ? null : Evaluation.of(best),
                run.worker,
                run.failure,
                run.forkOf == null ? null : run.forkOf.id,
                run.createdAt,
                run.startedAt,
                run.endedAt,
                run.expiresAt,
                run.result,
                run.files.isEmpty() ? null : new LinkedHashMap<>(run.files));
    }
}
