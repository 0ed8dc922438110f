package io.lorahub.engine.learning;

import java.util.Locale;
import java.util.stream.Stream;

/** The result in words. Held-out examples decide; where they do not tell mixes apart, the losses do. */
final class Verdict {

    private static final String LITTLE_KNOWN =
            " Without a look at held-out examples this says little about new inputs.";
    private static final String TAKE_THE_SINGLE = " Take that adapter alone, or a larger budget.";

    private final Control base;
    private final Control single;
    private final Control mix;

    private Verdict(Control base, Control single, Control mix) {
        this.base = base;
        this.single = single;
        this.mix = mix;
    }

    static String of(Control base, Control single, Control composed) {
        Verdict verdict = new Verdict(base, single, composed);
        boolean tested =
                Stream.of(base, single, composed).allMatch(c -> c.heldOut().isPresent());
        return tested ? verdict.onHeldOut() : verdict.onExamples();
    }

    private String onExamples() {
        LossOrder losses = new LossOrder(base, single, mix);
        return losses.sentence()
                + switch (losses.best()) {
                    case NONE -> "";
                    case SINGLE -> TAKE_THE_SINGLE;
                    case BOTH, MIX -> LITTLE_KNOWN;
                };
    }

    private String onHeldOut() {
        long own = right(mix);
        long others = Math.max(right(single), right(base));
        if (own > others) return better();
        if (own < others) return right(single) > right(base) ? singleIsBetter() : baseIsBetter();
        if (right(single) == right(base)) return own == 0 ? noneRight() : allTheSame();
        return right(single) == own
                ? asGoodAs("The best single adapter, %s,".formatted(single.name()), single, base)
                : asGoodAs("The base model", base, single);
    }

    private String better() {
        Control best = right(single) >= right(base) ? single : base;
        String found = "The mix gets %d of %d held-out examples right".formatted(right(mix), count());
        String others = "the best single adapter, %s, %d and the base model %d"
                .formatted(single.name(), right(single), right(base));
        return overlap(best, mix)
                ? "%s, %s%s".formatted(found, others, mayBeChance(mix, best))
                : "%s (95 %% interval %s), %s.".formatted(found, interval(mix), others);
    }

    private String singleIsBetter() {
        return "The best single adapter, %s, is better than the mix: it gets %d of %d held-out examples right, the mix %d and the base model %d"
                        .formatted(single.name(), right(single), count(), right(mix), right(base))
                + (overlap(mix, single) ? mayBeChance(single, mix) : ".")
                + TAKE_THE_SINGLE;
    }

    private String baseIsBetter() {
        return "No candidate helps: the base model gets %d of %d held-out examples right, the best single adapter, %s, %d and the mix %d"
                        .formatted(right(base), count(), single.name(), right(single), right(mix))
                + (overlap(mix, base) ? mayBeChance(base, mix) : ".");
    }

    private String noneRight() {
        LossOrder losses = new LossOrder(base, single, mix);
        return switch (losses.best()) {
            case MIX ->
                "No held-out example is exactly right yet, but the mix has a %s loss on the examples (%s) than the best single adapter, %s (%s), and the base model (%s): a larger budget or more examples may help."
                        .formatted(
                                losses.mixIsFarBelow() ? "far lower" : "lower",
                                LossOrder.words(mix),
                                single.name(),
                                LossOrder.words(single),
                                LossOrder.words(base));
            case SINGLE -> "No held-out example is exactly right yet. " + losses.sentence() + TAKE_THE_SINGLE;
            case BOTH ->
                "No held-out example is exactly right yet. " + losses.sentence()
                        + " A larger budget or more examples may help.";
            case NONE -> "No held-out example is exactly right. " + losses.sentence();
        };
    }

    private String allTheSame() {
        String same =
                "The base model, the best single adapter, %s, and the mix get equally many of the held-out examples right, %d of %d."
                        .formatted(single.name(), right(mix), count());
        return right(mix) == count() ? same : same + " " + new LossOrder(base, single, mix).sentence();
    }

    private String asGoodAs(String who, Control equal, Control worse) {
        String other = worse == base ? "the base model" : "the best single adapter, %s,".formatted(single.name());
        String same = "%s is as good as the mix: both get %d of %d held-out examples right, %s %d."
                .formatted(who, right(mix), count(), other, right(worse));
        String losses = " (%s against %s).".formatted(LossOrder.words(mix), LossOrder.words(equal));
        if (LossOrder.lower(mix, equal)) return same + " The mix has the lower loss on the examples" + losses;
        if (LossOrder.lower(equal, mix)) return same + " The mix has the higher loss on the examples" + losses;
        return same;
    }

    private int count() {
        return tested(mix).count();
    }

    private static boolean overlap(Control a, Control b) {
        return tested(a).low() <= tested(b).high()
                && tested(b).low() <= tested(a).high();
    }

    private static String mayBeChance(Control first, Control second) {
        return "; with so few examples the difference may be chance (95 %% intervals %s and %s)."
                .formatted(interval(first), interval(second));
    }

    private static long right(Control control) {
        return Math.round(tested(control).exactMatch() * tested(control).count() / 100);
    }

    private static String interval(Control control) {
        return String.format(
                Locale.ROOT,
                "%.0f–%.0f %%",
                tested(control).low(),
                tested(control).high());
    }

    private static Accuracy tested(Control control) {
        return control.heldOut().orElseThrow();
    }
}
