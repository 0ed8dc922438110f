package io.lorahub.composition.form;

import java.time.Duration;
import java.util.Optional;

/**
 * The expected duration of a run, derived from the durations of other runs.
 *
 * @param each        time of an evaluation, per unit of budget; empty if no base model is chosen
 * @param work        amount of work of an evaluation
 * @param rest        time besides the search, for controls, held-out check and files, in seconds
 * @param waiting     number of runs in the queue
 */
public record RunEstimate(
        int budget,
        Optional<TimePrediction> each,
        TimePrediction.Work work,
        double rest,
        Source measured,
        long waiting) {

    /**
     * @param evaluations number of evaluations measured on the base model; 0 makes the estimate a guess
     * @param repeated    whether they belong to the run that is being repeated
     * @param others      whether the speed of the workers is estimated from other base models
     */
    public record Source(long evaluations, boolean repeated, boolean others) {}

    public Optional<Double> secondsEach() {
        return each.map(time -> time.seconds(work));
    }

    /** The whole duration: at least a second, because no estimate is more precise. */
    public Optional<Duration> total() {
        return secondsEach().map(one -> Duration.ofMillis((long) (1000 * Math.max(1, budget * one + rest))));
    }

    public boolean isGuess() {
        return measured.evaluations == 0;
    }

    /** The source of the figures, in a sentence. */
    public String source() {
        if (each.isEmpty()) return "Choose a base model or a candidate for an estimate.";
        String scaled = work.tokens() == 0
                ? "before any example is given"
                : "for %,.0f tokens of examples and %d %s"
                        .formatted(
                                work.tokens(), work.candidates(), work.candidates() == 1 ? "candidate" : "candidates");
        if (!isGuess()) {
            return "From %,d evaluations of %s, %s."
                    .formatted(
                            measured.evaluations,
                            measured.repeated ? "the run that this repeats" : "the latest runs",
                            scaled);
        }
        return "A guess %s: nothing has been measured on this base model yet. It is based on the model's size%s."
                .formatted(scaled, measured.others ? " and the speed of other models here" : "");
    }
}
