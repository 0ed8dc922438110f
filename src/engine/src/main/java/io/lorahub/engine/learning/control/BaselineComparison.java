package io.lorahub.engine.learning.control;

/**
 * Compares a mix with its controls. All pages and messages about a run use this one rule: the mix with more exactly
 * right held-out examples is better. If these are equal or there are no held-out examples, the mix whose loss on the
 * few-shot examples is lower by a noteworthy share is better.
 */
public enum BaselineComparison {
    /** The mix gets more held-out examples right, and the 95 % intervals do not overlap. */
    HELPS,
    /** The mix gets more held-out examples right, but the difference may be chance. */
    MAY_HELP,
    /** Only the loss of the mix on the few-shot examples is lower. */
    FITS,
    /** The best single adapter is as good as the mix. */
    SINGLE_AS_GOOD,
    /** The best single adapter is better than the mix. */
    SINGLE_BETTER,
    /** The base model is as good as the mix and as the best single adapter, or better. */
    NONE_HELPS;

    /** A loss must be lower by this share to count as better. */
    private static final double NOTEWORTHY = 0.02;

    public static BaselineComparison of(Control base, Control single, Control composed) {
        boolean none = compared(single, base) >= 0;
        Control rival = none ? base : single;
        int place = compared(composed, rival);
        if (place >= 0) return none ? NONE_HELPS : place == 0 ? SINGLE_AS_GOOD : SINGLE_BETTER;
        if (right(composed, rival) == 0) return FITS;
        double low = composed.heldOut().orElseThrow().low();
        return low > rival.heldOut().orElseThrow().high() ? HELPS : MAY_HELP;
    }

    /** Negative if the first is better, 0 if neither is. */
    public static int compared(Control a, Control b) {
        int right = right(a, b);
        if (right != 0) return right;
        if (lower(a, b)) return -1;
        return lower(b, a) ? 1 : 0;
    }

    /** Whether the loss is lower by more than possible noise. A non-finite loss is higher than every finite one. */
    private static boolean lower(Control a, Control b) {
        return Double.isFinite(a.loss()) && !(a.loss() >= b.loss() - NOTEWORTHY * Math.abs(b.loss()));
    }

    /** Compares held-out examples only; 0 without them. */
    static int right(Control a, Control b) {
        if (a.heldOut().isEmpty() || b.heldOut().isEmpty()) return 0;
        return Double.compare(b.heldOut().get().exactMatch(), a.heldOut().get().exactMatch());
    }
}
