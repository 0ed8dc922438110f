package io.lorahub.composition.live;

import com.fasterxml.jackson.databind.JsonNode;
import io.lorahub.composition.AdapterWeights;
import io.lorahub.composition.CompositionRun;
import io.lorahub.composition.RunCandidate;
import io.lorahub.composition.RunEvaluation;
import io.lorahub.composition.RunNote;
import io.lorahub.composition.RunResult;
import io.lorahub.composition.RunState;
import io.lorahub.composition.queue.RunQueue;
import io.lorahub.composition.queue.WorkerRecord;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * A run as its live page shows it.
 *
 * @param evaluations all evaluations, in order
 * @param position    number of runs before it in the queue; 0 if it is not queued
 * @param noRoom      why no worker has room for its files, as a clause; empty if one has, or it is not queued
 * @param weights     the result's weights if the run has succeeded, else the best evaluation's; those that add most to the
 *     mix first, none before the first evaluation
 */
public record RunProgress(
        CompositionRun run,
        List<RunEvaluation> evaluations,
        List<RunNote> notes,
        long position,
        Optional<String> noRoom,
        Instant now,
        List<AdapterWeights> weights) {

    /** Number of latest evaluations shown in the table. */
    private static final int LATEST = 8;

    /** @param now the database's current time */
    public static RunProgress of(CompositionRun run, Instant now) {
        return of(run, RunEvaluation.of(run.id, 0), now);
    }

    public static RunProgress of(CompositionRun run, List<RunEvaluation> evaluations, Instant now) {
        boolean queued = run.state == RunState.QUEUED;
        return new RunProgress(
                run,
                evaluations,
                RunNote.of(run.id),
                queued ? RunQueue.ahead(run.id) : 0,
                queued ? WorkerRecord.noRoomFor(run.baseModel.name, now) : Optional.empty(),
                now,
                weights(run, evaluations));
    }

    /** While the run is searching, weights alone are compared, so that the norms aren't read for each point. */
    private static List<AdapterWeights> weights(CompositionRun run, List<RunEvaluation> evaluations) {
        if (run.result != null) return AdapterWeights.of(run, delivered(run), AdapterWeights.norms(run.candidates));
        return best(evaluations)
                .map(e -> AdapterWeights.of(run, e.weights, candidate -> null))
                .orElse(List.of());
    }

    private static double[] delivered(CompositionRun run) {
        List<String> groups = run.spec.groups().names();
        return run.candidates.stream()
                .flatMap(c -> groups.stream()
                        .map(group -> groups.size() == 1
                                ? run.result.path("weights").path(c.address())
                                : run.result
                                        .path("layer_weights")
                                        .path(c.address())
                                        .path(group)))
                .mapToDouble(JsonNode::asDouble)
                .toArray();
    }

    /** Warnings that the run is unlikely to give the result that its owner expects, each a sentence. */
    public List<String> warnings() {
        return RunNote.warnings(notes);
    }

    /** The evaluation with the lowest objective. */
    public Optional<RunEvaluation> best() {
        return best(evaluations);
    }

    private static Optional<RunEvaluation> best(List<RunEvaluation> evaluations) {
        return evaluations.stream().min(Comparator.comparingDouble(e -> e.objective));
    }

    /** An adapter alone. */
    public record Single(String name, double weight, double objective) {

        /** The weight in as few digits as it has: 1, 0.8. */
        public String weightText() {
            return weight == Math.rint(weight) ? Long.toString((long) weight) : Double.toString(weight);
        }
    }

    /** The best single adapter compared with the result or, before there is one, among the evaluations so far. */
    public Optional<Single> bestSingle() {
        if (run.result != null && run.result.has("best_single")) {
            JsonNode best = run.result.path("best_single");
            return Optional.of(new Single(
                    RunCandidate.name(best.path("name").asText()),
                    1,
                    best.path("objective").asDouble()));
        }
        return evaluations.stream()
                .filter(e -> single(e) >= 0)
                .min(Comparator.comparingDouble(e -> e.objective))
                .map(e -> new Single(run.candidates.get(single(e)).name(), alone(), e.objective));
    }

    /** Number of points reused from the run that this one was forked from, for which nothing was computed. */
    public long takenOver() {
        if (run.forkEvaluations == 0) return 0;
        return evaluations.stream().filter(e -> e.seconds == 0).count();
    }

    /** The weight of an adapter that the search tries alone: as it was trained, or as near to that as the bounds allow. */
    private double alone() {
        return Math.min(1, run.spec.upper());
    }

    /** Which candidate the evaluation is of alone; −1 if it is of several or none. */
    private int single(RunEvaluation evaluation) {
        int groups = Math.max(1, evaluation.weights.length / run.candidates.size());
        int candidate = -1;
        for (int i = 0; i < evaluation.weights.length; i++) {
            if (evaluation.weights[i] == 0) {
                if (candidate == i / groups) return -1;
                continue;
            }
            if (evaluation.weights[i] != alone()
                    || candidate >= 0 && candidate != i / groups
                    || candidate < 0 && i % groups > 0) return -1;
            candidate = i / groups;
        }
        return candidate;
    }

    public String caption() {
        return switch (run.spec.groups()) {
            case AUTO, NONE -> "Each weight scales one adapter; 0 leaves it out.";
            case STACKS -> "Each adapter has one weight in the encoder and one in the decoder; 0 leaves it out there.";
            case THIRDS ->
                "Each adapter has one weight in each third of the layers, from input to output; 0 leaves it"
                        + " out there.";
        };
    }

    /** Position of zero, as a share of the drawing's width. */
    public double zero() {
        return -run.spec.lower() / (run.spec.upper() - run.spec.lower());
    }

    public List<RunEvaluation> latest() {
        List<RunEvaluation> latest =
                new ArrayList<>(evaluations.subList(Math.max(0, evaluations.size() - LATEST), evaluations.size()));
        java.util.Collections.reverse(latest);
        return latest;
    }

    /** Seconds per unit of budget; 0 before the first evaluation. */
    public double secondsEach() {
        return run.spent == 0 ? 0 : run.seconds / run.spent;
    }

    /** Remaining time of the search, as measured so far; empty before the first evaluation and when not running. */
    public Optional<Duration> left() {
        if (run.spent == 0 || run.state != RunState.RUNNING) return Optional.empty();
        return Optional.of(Duration.ofMillis((long) (1000 * secondsEach() * (run.budget - run.spent))));
    }

    /** Time from start to end, or until now. */
    public Duration elapsed() {
        if (run.startedAt == null) return Duration.ZERO;
        return Duration.between(run.startedAt, run.endedAt == null ? now : run.endedAt);
    }

    /** How far the search is. The budget used differs from the number of points if some cost more than one evaluation. */
    public String done() {
        int count = evaluations.size();
        return count == run.spent
                ? "%d of %d evaluations".formatted(count, run.budget)
                : "%d of %d evaluations (%s)"
                        .formatted(run.spent, run.budget, count == 1 ? "1 point" : count + " points");
    }

    /** Why the search ended before its budget, as a clause; empty if it did not. */
    public Optional<String> whyEarly() {
        if (run.result == null) return Optional.empty();
        if (run.result.path("interrupted").asBoolean()) {
            return Optional.of(RunResult.endedBy(run.result.path("timed_out").asBoolean()));
        }
        return run.result.path("settled").asBoolean() ? Optional.of(run.spec.gaveUp()) : Optional.empty();
    }

    /** A one-sentence summary for screen readers. */
    public String sentence() {
        String done = done();
        return switch (run.state) {
            case QUEUED ->
                noRoom.map("Waiting until a worker has room for its files: %s."::formatted)
                        .orElse(position == 0 ? "Next in the queue." : "Waiting; %d ahead.".formatted(position));
            case RUNNING ->
                run.stopRequest != null
                        ? "%s after the current point.".formatted(run.stopRequest.doing())
                        : best().map(b -> "%s, best objective %.3g.".formatted(done, b.objective))
                                .orElse(done + ".");
            case PAUSED -> "Paused after %s.".formatted(done);
            case SUCCEEDED ->
                "Done after %s%s."
                        .formatted(done, whyEarly().map(why -> ": " + why).orElse(""));
            case FAILED -> "Failed after %s.".formatted(done);
            case CANCELLED -> "Cancelled after %s.".formatted(done);
        };
    }
}
