package io.lorahub.composition.result;

import io.lorahub.account.Person;
import io.lorahub.composition.CompositionRun;
import io.lorahub.composition.RunCandidate;
import io.lorahub.composition.RunResult;
import io.lorahub.composition.WeightBar;
import io.lorahub.composition.live.RunProgress;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * A run's result as shown on its page.
 *
 * @param refusal why the viewer cannot have anything more computed from it; empty if they can
 * @param bars    bars of the weights, the largest first
 * @param zero    position of 0 among them, as a share of the drawing's width
 */
public record ResultView(
        CompositionRun run,
        RunResult result,
        Optional<String> refusal,
        ResultVerdict verdict,
        List<Row> controls,
        List<WeightBar> bars,
        double zero) {

    /**
     * The mix or one of its controls.
     *
     * @param note what it consists of
     * @param main whether this is the mix
     */
    public record Row(String title, String note, RunResult.Tried tried, boolean main) {}

    static ResultView of(CompositionRun run, RunResult result, Optional<Person> viewer) {
        int n = run.candidates.size();
        List<Row> rows = List.of(
                new Row("Composed", "after %d evaluations".formatted(result.evaluations()), result.composed(), true),
                new Row(
                        "Best single",
                        RunCandidate.name(result.bestSingle().name()) + " alone",
                        result.bestSingle(),
                        false),
                new Row(
                        "Uniform mix",
                        n == 1 ? "the one at 1" : "each of %d at 1/%d".formatted(n, n),
                        result.uniform(),
                        false),
                new Row("Base model", "no adapter", result.base(), false));
        RunProgress progress = new RunProgress(run, List.of(), List.of(), 0, run.endedAt);
        return new ResultView(
                run,
                result,
                run.refusal(viewer),
                ResultVerdict.of(result),
                rows,
                progress.bars(weights(run, result)),
                progress.zero());
    }

    /** The weights in the candidates' order. */
    static double[] weights(CompositionRun run, RunResult result) {
        return run.candidates.stream().mapToDouble(result::weight).toArray();
    }

    public String caption() {
        return "Weights of the answer";
    }

    /** A valid adapter name derived from the title. */
    public String proposedName() {
        String name = run.title.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9]+", "-");
        name = name.substring(0, Math.min(64, name.length())).replaceAll("^-|-$", "");
        return name.isEmpty() ? "mix" : name;
    }

    public boolean isHeldOut() {
        return result.composed().heldOut() != null;
    }

    /** Number of candidates with a weight other than 0. */
    public long used() {
        return bars.stream().filter(bar -> !bar.isIdle()).count();
    }
}
