package io.lorahub.engine.learning;

import java.util.Locale;

/** Which of a mix and its controls has the lowest loss on the examples, in words. */
record LossOrder(Control base, Control single, Control mix) {

    /** A loss must fall by this share to count as better. */
    private static final double NOTEWORTHY = 0.02;

    /** What has the lowest loss. */
    enum Best {
        MIX,
        SINGLE,
        /** Mix and single adapter, about equally. */
        BOTH,
        /** Neither of them: the base model alone does as well. */
        NONE
    }

    Best best() {
        if (lower(single, mix)) return lower(single, base) ? Best.SINGLE : Best.NONE;
        if (!lower(mix, base)) return Best.NONE;
        return lower(mix, single) ? Best.MIX : Best.BOTH;
    }

    String sentence() {
        return switch (best()) {
            case MIX ->
                "The mix lowers the loss on the examples to %s (best single adapter, %s: %s; base model: %s)."
                        .formatted(words(mix), single.name(), words(single), words(base));
            case SINGLE ->
                "The search has found no mix as good as the best single adapter, %s: its loss on the examples is %s, that of the mix %s, that of the base model %s."
                        .formatted(single.name(), words(single), words(mix), words(base));
            case BOTH ->
                "The best single adapter, %s, is as good as the mix: loss %s on the examples (mix %s, base model %s)."
                        .formatted(single.name(), words(single), words(mix), words(base));
            case NONE ->
                "No candidate helps: neither the mix (%s) nor the best single adapter, %s (%s), has a lower loss on the examples than the base model (%s)."
                        .formatted(words(mix), single.name(), words(single), words(base));
        };
    }

    boolean mixIsFarBelow() {
        return mix.loss() < Math.min(single.loss(), base.loss()) / 2;
    }

    /** By more than what may be noise; what is no number is above all numbers. */
    static boolean lower(Control a, Control b) {
        return Double.isFinite(a.loss()) && !(a.loss() >= b.loss() * (1 - NOTEWORTHY));
    }

    static String words(Control control) {
        if (!Double.isFinite(control.loss())) return "not a finite number";
        return String.format(Locale.ROOT, control.loss() < 0.1 ? "%.4f" : "%.2f", control.loss());
    }
}
