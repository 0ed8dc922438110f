package io.lorahub.composition;

import java.time.Duration;
import java.util.Optional;

/**
 * How long a run will take, from what other runs took.
 *
 * @param each               time of an evaluation, by unit of budget; empty where no base model is chosen
 * @param work               of an evaluation
 * @param tokensPerCharacter of the examples
 * @param rest               of a run beside its search: controls, held-out check, files; seconds
 * @param evaluations        that were measured on the base model; 0 makes it a guess
 * @param repeated           whether those are of the run that is repeated
 * @param others             whether the pace of other base models tells how fast the workers are
 * @param waiting            runs in the queue
 */
public record RunEstimate(
        int budget,
        Optional<TimePrediction> each,
        TimePrediction.Work work,
        double tokensPerCharacter,
        double rest,
        long evaluations,
        boolean repeated,
        boolean others,
        long waiting) {

    public Optional<Double> secondsEach() {
        return each.map(time -> time.seconds(work));
    }

    /** At least a second: nobody can estimate closer. */
    public Optional<Duration> total() {
        return secondsEach().map(one -> Duration.ofMillis((long) (1000 * Math.max(1, budget * one + rest))));
    }

    public boolean isGuess() {
        return evaluations == 0;
    }

    /** Where the figures come from, in a sentence. */
    public String source() {
        if (each.isEmpty()) return "Choose a base model or a candidate for an estimate.";
        String scaled = work.tokens() == 0
                ? "before any example is given"
                : "for %,.0f tokens of examples and %d %s"
                        .formatted(
                                work.tokens(), work.candidates(), work.candidates() == 1 ? "candidate" : "candidates");
        if (!isGuess()) {
            return "From %,d evaluations of %s, %s."
                    .formatted(evaluations, repeated ? "the run that this repeats" : "the latest runs", scaled);
        }
        return "A guess %s: nothing was measured on this base model yet. It follows from the model's size%s."
                .formatted(scaled, others ? " and what other models take here" : "");
    }
}
