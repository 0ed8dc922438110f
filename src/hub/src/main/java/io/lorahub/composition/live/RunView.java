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

/** A run as the API represents it. */
@JsonNaming(SnakeCaseStrategy.class)
@JsonInclude(JsonInclude.Include.NON_NULL)
public final class RunView {

    public final UUID id;
    public final String page;
    public final String title;
    public final String description;

    /** Queued, running, paused, succeeded, failed, cancelled. */
    public final String state;

    /** Pause, finish or cancel, if a worker will do so after the current point. */
    public final String stopRequest;

    /** Reasons why the run is unlikely to give the result that its owner expects, each a sentence. */
    public final List<String> warnings;

    public final String owner;
    public final boolean shared;
    public final String baseModel;

    /** Candidates with their versions, in the order of the weights. */
    public final List<String> candidates;

    public final RunSpec settings;
    public final int budget;

    /** Evaluations charged to the budget. */
    public final int spent;

    public final double seconds;

    /** The point with the lowest objective so far. */
    public final Evaluation best;

    public final String worker;
    public final String failure;
    public final UUID forkOf;
    public final Instant createdAt;
    public final Instant startedAt;
    public final Instant endedAt;
    public final Instant expiresAt;

    /** The report, once the run has succeeded: verdict, controls, weights, predictions. */
    public final JsonNode result;

    /** SHA-256 of the files, by name. */
    public final Map<String, String> files;

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
        return runs.stream()
                .map(run -> new RunView(run, run.spec, bests.get(run.id), null))
                .toList();
    }

    /** A run with all details. */
    public static RunView whole(CompositionRun run) {
        return whole(run, run.spec);
    }

    private static RunView whole(CompositionRun run, RunSpec settings) {
        List<String> warnings = RunNote.warnings(run.id);
        RunEvaluation best = RunEvaluation.bests(List.of(run.id)).get(run.id);
        return new RunView(run, settings, best, warnings.isEmpty() ? null : warnings);
    }

    /** A run with all details, but lists of examples that are empty. */
    static RunView withoutExamples(CompositionRun run) {
        RunSpec spec = run.spec;
        RunSpec settings =
                new RunSpec(List.of(), List.of(), spec.search(), spec.prompt(), spec.system(), spec.promptDate());
        return whole(run, settings);
    }

    // Jackson writes fields first that are named like a parameter
    private RunView(CompositionRun run, RunSpec spec, RunEvaluation lowest, List<String> notes) {
        id = run.id;
        page = "/runs/" + run.id;
        title = run.title;
        description = run.description;
        state = run.state.word();
        stopRequest = run.stopRequest == null ? null : EnumNames.of(run.stopRequest);
        warnings = notes;
        owner = run.person == null ? null : run.person.name;
        shared = run.shared;
        baseModel = run.baseModel.name;
        candidates =
                run.candidates.stream().map(RunCandidate::addressWithVersion).toList();
        settings = spec;
        budget = run.budget;
        spent = run.spent;
        seconds = run.seconds;
        best = lowest == null ? null : Evaluation.of(lowest);
        worker = run.worker;
        failure = run.failure;
        forkOf = run.forkOf == null ? null : run.forkOf.id;
        createdAt = run.createdAt;
        startedAt = run.startedAt;
        endedAt = run.endedAt;
        expiresAt = run.expiresAt;
        result = run.result;
        files = run.files.isEmpty() ? null : new LinkedHashMap<>(run.files);
    }
}
