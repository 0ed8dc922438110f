package io.lorahub.engine.learning.control;

import io.lorahub.engine.learning.Accuracy;
import io.lorahub.engine.learning.Objectives;
import java.util.Locale;
import java.util.stream.Stream;

/** Describes the result in words. */
public final class Verdict {

    private static final String UNSEEN = " Add held-out examples to see how it does on new inputs.";

    /** What {@link Control#loss()} is, such as "loss". */
    private final String measure;

    private final Control base;
    private final Control single;
    private final Control composed;

    private Verdict(String measure, Control base, Control single, Control composed) {
        this.measure = measure;
        this.base = base;
        this.single = single;
        this.composed = composed;
    }

    /**
     * Describes a result.
     *
     * @param objective name of the objective that the controls were scored with
     * @param single    the best single adapter
     */
    public static String of(String objective, Control base, Control single, Control composed) {
        String measure = Objectives.measure(objective);
        boolean tested =
                Stream.of(base, single, composed).allMatch(c -> c.heldOut().isPresent());
        if (tested) {
            Verdict verdict = new Verdict(measure, base, single, composed);
            return verdict.onHeldOut(BaselineComparison.of(base, single, composed)) + verdict.nearMisses();
        }
        return new Verdict(measure, base, single, composed)
                .onExamples(BaselineComparison.of(base.untested(), single.untested(), composed.untested()));
    }

    /**
     * Describes a result for which some controls may be unknown.
     *
     * @param objective   name of the objective that the controls were scored with
     * @param singlesLeft candidates that were not evaluated alone
     * @param withHeldOut whether held-out examples were given
     */
    static String of(String objective, KnownControls known, int singlesLeft, boolean withHeldOut) {
        String singles = singlesLeft == 0 ? "" : " %d of the adapters were not evaluated alone.".formatted(singlesLeft);
        boolean decoded = Stream.of(known.base(), known.bestSingle(), known.composed())
                .allMatch(c -> c.flatMap(Control::heldOut).isPresent());
        return (comparison(objective, known) + singles + (!withHeldOut || decoded ? "" : undecoded(known))).strip();
    }

    private static String comparison(String objective, KnownControls known) {
        if (known.composed().isEmpty() || known.base().isEmpty()) return "The controls were not evaluated.";
        Control mix = known.composed().get();
        Control base = known.base().get();
        return known.bestSingle()
                .map(single -> of(objective, base, single, mix))
                .orElseGet(() -> "The mix has the %s %s on the examples, the base model %s."
                        .formatted(Objectives.measure(objective), loss(mix), loss(base)));
    }

    private static String undecoded(KnownControls known) {
        return known.composed()
                .filter(mix -> mix.heldOut().isPresent())
                .map(mix -> " The mix gets %d of %d held-out examples right; they were not decoded with all controls."
                        .formatted(right(mix), mix.heldOut().get().count()))
                .orElse(" The held-out examples were not decoded.");
    }

    /**
     * Says that predictions are too short.
     *
     * @param longest most tokens of a prediction
     * @param output  tokens of the longest output
     */
    public static String cutOff(int longest, int output) {
        return "Predictions end after %,d %s, but the longest output has %,d: allow longer predictions (max_new_tokens)."
                .formatted(longest, longest == 1 ? "token" : "tokens", output);
    }

    private String onExamples(BaselineComparison standing) {
        return switch (standing) {
            case NONE_HELPS ->
                "The search found no mix with a lower %s on the examples (%s) than that of the base model (%s)."
                        .formatted(measure, loss(composed), loss(base));
            case SINGLE_AS_GOOD ->
                "The best single adapter, %s, is about as good as the mix: %s %s on the examples (mix %s, base model %s). Use that adapter alone, or a larger budget."
                        .formatted(single.name(), measure, loss(single), loss(composed), loss(base));
            case SINGLE_BETTER ->
                "The search found no mix as good as the best single adapter, %s: its %s on the examples is %s (mix %s, base model %s). Use that adapter alone, or a larger budget."
                        .formatted(single.name(), measure, loss(single), loss(composed), loss(base));
            default ->
                "The mix lowers the %s on the examples to %s (best single adapter, %s: %s; base model: %s)."
                                .formatted(measure, loss(composed), single.name(), loss(single), loss(base))
                        + UNSEEN;
        };
    }

    private String onHeldOut(BaselineComparison standing) {
        Accuracy own = composed.heldOut().orElseThrow();
        String accuracies =
                "The mix gets %s of %d held-out examples right, the best single adapter, %s, %s and the base model %s"
                        .formatted(right(composed), own.count(), single.name(), right(single), right(base));
        return switch (standing) {
            case HELPS -> "%s (95 %% interval of the mix %s).".formatted(accuracies, interval(own));
            case MAY_HELP ->
                "%s; with so few examples the difference may be chance (95 %% intervals %s and %s)."
                        .formatted(accuracies, interval(own), interval(rival()));
            case FITS ->
                right(composed) == 0
                        ? noneRightYet()
                        : "%s; only the %s on the examples is lower with the mix (%s)."
                                .formatted(accuracies, measure, losses());
            case SINGLE_AS_GOOD ->
                "The best single adapter is about as good as the mix. %s (%s).".formatted(accuracies, losses());
            case SINGLE_BETTER ->
                "The best single adapter is better than the mix. %s (%s)%s. Use that adapter alone, or a larger budget."
                        .formatted(accuracies, losses(), chance(single));
            case NONE_HELPS ->
                "The search found no mix that is better than the base model. %s (%s)%s. Try other candidates, more examples or a larger budget."
                        .formatted(accuracies, losses(), chance(base));
        };
    }

    private String noneRightYet() {
        boolean far = composed.loss() < Math.min(single.loss(), base.loss()) / 2;
        return "No held-out example is exactly right, but the mix has a %s %s on the examples (%s) than the best single adapter, %s (%s), and the base model (%s): a larger budget or more examples may help, but that isn't known."
                .formatted(
                        far ? "far lower" : "lower", measure, loss(composed), single.name(), loss(single), loss(base));
    }

    /**
     * Describes a control that gets more held-out examples right than the mix, but by a difference that may be chance.
     */
    private String chance(Control better) {
        Accuracy own = composed.heldOut().orElseThrow();
        Accuracy other = better.heldOut().orElseThrow();
        return right(better) > right(composed) && other.low() <= own.high()
                ? "; with so few examples the difference may be chance (95 %% intervals %s and %s)"
                        .formatted(interval(own), interval(other))
                : "";
    }

    private String nearMisses() {
        Accuracy own = composed.heldOut().orElseThrow();
        long end = count(own, own.nearMisses().end());
        long letters = count(own, own.nearMisses().letters());
        if (end + letters == 0) return "";
        String continues = end == 1
                ? "1 starts with the right answer but continues"
                : end + " start with the right answer but continue";
        String differs = letters + (letters == 1 ? " differs" : " differ") + " in case or spaces only";
        return " Of the mix's other answers, %s."
                .formatted(end == 0 ? differs : letters == 0 ? continues : continues + " and " + differs);
    }

    private Accuracy rival() {
        return (BaselineComparison.right(single, base) < 0 ? single : base)
                .heldOut()
                .orElseThrow();
    }

    private String losses() {
        return "%s on the examples: mix %s, best single adapter %s, base model %s"
                .formatted(measure, loss(composed), loss(single), loss(base));
    }

    private static long right(Control control) {
        Accuracy accuracy = control.heldOut().orElseThrow();
        return count(accuracy, accuracy.exactMatch());
    }

    private static long count(Accuracy accuracy, double percent) {
        return Math.round(percent * accuracy.count() / 100);
    }

    private static String interval(Accuracy accuracy) {
        return String.format(Locale.ROOT, "%.0f–%.0f %%", accuracy.low(), accuracy.high());
    }

    private static String loss(Control control) {
        if (!Double.isFinite(control.loss())) return "not a finite number";
        return String.format(Locale.ROOT, control.loss() < 0.1 ? "%.4f" : "%.2f", control.loss());
    }
}
