package io.lorahub.composition.result;

import com.fasterxml.jackson.databind.JsonNode;
import io.lorahub.composition.RunFormat;
import io.lorahub.composition.RunObjective;
import io.lorahub.composition.RunResult;
import io.lorahub.composition.RunSize;
import io.lorahub.composition.RunSpec;
import io.lorahub.engine.learning.Objectives;
import io.lorahub.engine.learning.export.Refinement;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.LongSupplier;
import java.util.stream.IntStream;

/**
 * What a run that fell short leaves to do: which examples still come out wrong, what the mix is made of, and what can be tried,
 * as far as the run's own figures speak for it.
 *
 * @param wrong  the first few examples that come out wrong
 * @param budget the next larger one, or that of a run that was ended before it was spent; 0 if it isn't worth a try, or nothing more can be computed from the run
 * @param time   that the larger search takes at the speed of this one, if it computes everything anew
 * @param mayRun whether the viewer can start a run of this size with that budget
 * @param others number of adapters that weren't candidates and could be suggested; 0 if the mix needs none
 * @param mayRefine whether the viewer can start a run that trains its mix
 */
public record NextSteps(
        ResultView view,
        PredictionTable wrong,
        int budget,
        Duration time,
        boolean mayRun,
        long others,
        boolean mayRefine) {

    private static final int SHOWN = 3;

    /** The usual budget finds a good pair of adapters, the next one tunes it; beyond, little is gained. */
    private static final int[] BUDGETS = {40, 100, 250, 500};

    /** With a budget from which on little is gained. */
    private static final int TUNED = BUDGETS[1];

    /** Below this share of right answers, in percent, a mix falls short even if it helps. */
    private static final double ENOUGH = 90;

    /**
     * @param largest budget that a run may have
     * @param own     size of a run that the viewer can start
     * @param more    counts the adapters that weren't candidates
     * @return empty if the run did as well as could be hoped
     */
    static Optional<NextSteps> of(ResultView view, int largest, RunSize own, LongSupplier more) {
        RunSpec spec = view.run().spec;
        PredictionTable wrong = PredictionTable.of(spec, view.result(), PredictionTable.Show.WRONG, SHOWN);
        int all = wrong.count(PredictionTable.Show.ALL);
        boolean good = view.verdict().good() && wrong.total() * 100 <= (100 - ENOUGH) * all;
        if ((wrong.total() == 0 || good) && expected(view).isEmpty()) return Optional.empty();
        NextSteps known = new NextSteps(view, wrong, 0, Duration.ZERO, false, 0, own.refineSteps() > 0);
        // a search that has fitted its examples, or can't, gains nothing from further candidates or evaluations
        if (known.isFitted() || known.isCutOff() || view.refusal().isPresent()) return Optional.of(known);
        long others = more.getAsLong();
        boolean spent = Boolean.TRUE.equals(view.result().settled)
                || others == 0 && spec.budget() >= TUNED && known.isKnown() && known.right() == 0;
        int budget = spent ? 0 : known.isEnded() ? spec.budget() : larger(spec.budget(), largest);
        double seconds = view.result().secondsPerEvaluation * budget;
        boolean mayRun = budget <= own.budget()
                && spec.examples().size() <= own.examples()
                && spec.heldOut().size() <= own.heldOut()
                && view.run().candidates.size() <= own.candidates();
        return Optional.of(new NextSteps(
                view,
                wrong,
                budget,
                Duration.ofMillis(Math.round(1000 * seconds)),
                mayRun,
                others,
                own.refineSteps() > 0));
    }

    /** What is expected of other inputs, where no held-out examples tell and it falls short; empty otherwise. */
    public Optional<RunResult.Expected> expected() {
        return expected(view);
    }

    private static Optional<RunResult.Expected> expected(ResultView view) {
        return Optional.ofNullable(view.result().expected)
                .filter(expected -> view.run().spec.heldOut().isEmpty())
                .filter(expected -> view.result().refined == null && expected.exactMatch() < ENOUGH);
    }

    /** Steps of training that are worth a try; 0 if the viewer can't have them, or the mix has had them. */
    public int refineSteps() {
        boolean can = !isCutOff() && view.refusal().isEmpty() && view.result().export != null;
        return can && mayRefine && view.result().refined == null ? Refinement.DEFAULT.steps() : 0;
    }

    /** Whether it was ended before its budget was spent, so that the same run can go on. */
    public boolean isEnded() {
        return Boolean.TRUE.equals(view.result().interrupted);
    }

    /** Whether predictions end before the outputs do. */
    public boolean isCutOff() {
        return view.result().cutOff != null;
    }

    /** Whether the search could see only whether answers are right, not how near they are. */
    public boolean isCoarse() {
        return view.run().spec.objective() == RunObjective.EXACT_MATCH;
    }

    /** Whether nothing on this hub is worth a try any more. */
    public boolean isOver() {
        return !isFitted() && !isCutOff() && view.refusal().isEmpty() && budget == 0 && others == 0;
    }

    /** Whether held-out examples that come out wrong can become examples of the search, which has fitted those that it has. */
    public boolean isMoreExamples() {
        return isFitted() && !isCutOff() && wrong.heldOut() && view.refusal().isEmpty();
    }

    private static int larger(int budget, int largest) {
        int next =
                IntStream.of(BUDGETS).filter(step -> step > budget).findFirst().orElse(2 * budget);
        return Math.min(next, largest) > budget ? Math.min(next, largest) : 0;
    }

    /** How many of all examples that the table is about come out wrong: "27 of 30 held-out examples". */
    public String share() {
        return "%,d of %,d %s"
                .formatted(
                        wrong.total(),
                        wrong.count(PredictionTable.Show.ALL),
                        wrong.heldOut() ? "held-out examples" : "examples");
    }

    /** Whether it is known which of the search's own examples the mix gets right. */
    public boolean isKnown() {
        return view.run().predictions != null;
    }

    /** Whether the search has already fitted its examples, so that only further ones can tell it more. */
    public boolean isFitted() {
        return isKnown() && right() == view.run().spec.examples().size();
    }

    /** Number of the search's own examples that the mix gets right, if that is known. */
    public long right() {
        RunSpec spec = view.run().spec;
        JsonNode said = view.run().predictions;
        return IntStream.range(0, spec.examples().size())
                .filter(i -> spec.examples().get(i).output().equals(said.path(i).asText()))
                .count();
    }

    /** The adapters that the mix is made of, with their weights: "un (+1.08) and past (+0.81)"; empty if there are none. */
    public String made() {
        List<String> parts = RunFormat.main(view.weights()).stream()
                .map(adapter -> "%s (%s)".formatted(adapter.candidate().name(), adapter.range()))
                .toList();
        if (parts.size() < 2) return String.join("", parts);
        int last = parts.size() - 1;
        return String.join(", ", parts.subList(0, last)) + " and " + parts.get(last);
    }

    /** Number of candidates that the mix leaves out, or nearly so. */
    public int left() {
        return RunFormat.slight(view.weights()).size();
    }

    /** The candidate that is best alone, as the controls found. */
    public String single() {
        RunResult.Tried single = view.result().bestSingle;
        String measure = Objectives.measure(view.run().spec.settings().objective());
        return "%s alone, %s %s".formatted(wrong.single(), measure, RunFormat.figure(single.loss()));
    }
}
