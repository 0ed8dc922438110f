package io.lorahub.engine.learning;

import java.util.Locale;

/** How losses on the examples compare, and how they are said. */
final class Losses {

    /** A loss must fall by this share to count as better. */
    private static final double NOTEWORTHY = 0.02;

    private Losses() {}

    /** By more than what may be noise; what is no finite number is above all that are. */
    static boolean lower(Control a, Control b) {
        return Double.isFinite(a.loss()) && !(a.loss() >= b.loss() * (1 - NOTEWORTHY));
    }

    static String words(Control control) {
        if (!Double.isFinite(control.loss())) return "not a finite number";
        return String.format(Locale.ROOT, control.loss() < 0.1 ? "%.4f" : "%.2f", control.loss());
    }
}
