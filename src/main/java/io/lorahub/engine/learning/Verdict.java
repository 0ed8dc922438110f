package io.lorahub.engine.learning;

import java.util.Locale;

/** The result in words. */
final class Verdict {

    /** A loss must fall by this share to count as better. */
    private static final double NOTEWORTHY = 0.02;

    private Verdict() {}

    static String of(Control base, Control single, Control composed) {
        if (lower(single, composed)) {
            return "The search has found no mix as good as the best single adapter, %s: its loss on the examples is %s, that of the mix %s, that of the base model %s. Take that adapter alone, or a larger budget."
                    .formatted(single.name(), loss(single), loss(composed), loss(base));
        }
        return composed.heldOut().isPresent() ? onHeldOut(base, single, composed) : onExamples(base, single, composed);
    }

    private static String onExamples(Control base, Control single, Control composed) {
        if (!lower(composed, base)) {
            return "No candidate helps: no mix was found with a lower loss on the examples (%s) than that of the base model (%s)."
                    .formatted(loss(composed), loss(base));
        }
        String warning = " Without a look at held-out examples this says little about new inputs.";
        if (!lower(composed, single)) {
            return "The best single adapter, %s, is as good as the mix: loss %s on the examples (mix %s, base model %s)."
                            .formatted(single.name(), loss(single), loss(composed), loss(base))
                    + warning;
        }
        return "The mix lowers the loss on the examples to %s (best single adapter, %s: %s; base model: %s)."
                        .formatted(loss(composed), single.name(), loss(single), loss(base))
                + warning;
    }

    private static String onHeldOut(Control base, Control single, Control composed) {
        Accuracy own = composed.heldOut().orElseThrow();
        String found = "The mix gets %s of %d held-out examples right".formatted(right(own), own.count());
        String others = "the best single adapter, %s, %s and the base model %s"
                .formatted(
                        single.name(),
                        right(single.heldOut().orElseThrow()),
                        right(base.heldOut().orElseThrow()));
        Accuracy best = better(single.heldOut().orElseThrow(), base.heldOut().orElseThrow());
        if (own.exactMatch() <= best.exactMatch()) {
            boolean none = base.heldOut().orElseThrow().exactMatch()
                    >= single.heldOut().orElseThrow().exactMatch();
            String who = none ? "No candidate helps" : "The best single adapter is as good as the mix";
            return "%s: the mix gets %s of %d held-out examples right, %s."
                    .formatted(who, right(own), own.count(), others);
        }
        if (own.low() <= best.high()) {
            return "%s, %s; with so few examples the difference may be chance (95 %% intervals %s and %s)."
                    .formatted(found, others, interval(own), interval(best));
        }
        return "%s (95 %% interval %s), %s.".formatted(found, interval(own), others);
    }

    private static Accuracy better(Accuracy a, Accuracy b) {
        return a.exactMatch() >= b.exactMatch() ? a : b;
    }

    private static boolean lower(Control a, Control b) {
        return a.loss() < b.loss() * (1 - NOTEWORTHY);
    }

    private static long right(Accuracy accuracy) {
        return Math.round(accuracy.exactMatch() * accuracy.count() / 100);
    }

    private static String interval(Accuracy accuracy) {
        return "%.0f–%.0f %%".formatted(accuracy.low(), accuracy.high());
    }

    private static String loss(Control control) {
        return String.format(Locale.ROOT, control.loss() < 0.1 ? "%.4f" : "%.2f", control.loss());
    }
}
