package io.lorahub.composition.result;

import com.fasterxml.jackson.databind.JsonNode;
import io.lorahub.composition.RunFormat;
import io.lorahub.composition.RunResult;
import io.lorahub.composition.RunSpec;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * What a run that fell short leaves to do: which examples still come out wrong, what the mix is made of, and a larger
 * budget to search with.
 *
 * @param wrong  the first few examples that come out wrong
 * @param budget the next larger one; 0 if there is none, or nothing more can be computed from the run
 * @param time   that the larger search takes at the speed of this one, if it computes everything anew
 */
public record NextSteps(ResultView view, PredictionTable wrong, int budget, Duration time) {

    private static final int SHOWN = 3;

    /** The usual budget finds a good pair of adapters, the next one tunes it; beyond, little is gained. */
    private static final int[] BUDGETS = {40, 100, 250, 500};

    /** Below this share of right answers, in percent, a mix falls short even if it helps. */
    private static final double ENOUGH = 90;

    /** @param largest budget that a run may have; empty if the run did as well as could be hoped */
    static Optional<NextSteps> of(ResultView view, int largest) {
        RunSpec spec = view.run().spec;
        PredictionTable wrong = PredictionTable.of(spec, view.result(), PredictionTable.Show.WRONG, SHOWN);
        int all = wrong.count(PredictionTable.Show.ALL);
        boolean good = view.verdict().good() && wrong.total() * 100 <= (100 - ENOUGH) * all;
        if (wrong.total() == 0 || good) return Optional.empty();
        int budget = view.refusal().isPresent() ? 0 : larger(spec.budget(), largest);
        double seconds = view.result().secondsPerEvaluation * budget;
        return Optional.of(new NextSteps(view, wrong, budget, Duration.ofMillis(Math.round(1000 * seconds))));
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
        return wrong.single() + " alone, loss " + RunFormat.figure(single.loss());
    }
}
