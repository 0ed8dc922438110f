package io.lorahub.engine.learning;

/**
 * How a mix stands beside its controls: the one rule for whatever is said of a run, on pages and elsewhere. Of two, the
 * one that gets more held-out examples exactly right is better; where these are as many, or where there are none, the one
 * whose loss on the examples is lower by a noteworthy share.
 */
public enum BaselineComparison {
    /** The mix gets more held-out examples right, and the 95 % intervals do not overlap. */
    HELPS,
    /** It gets more right, but by so few that it may be chance. */
    MAY_HELP,
    /** Only its loss on the examples is lower. */
    FITS,
    /** The best single adapter is as good as the mix. */
    SINGLE_AS_GOOD,
    /** It is better than the mix. */
    SINGLE_BETTER,
    /** The base model is as good as the mix and as the best single adapter, or better. */
    NONE_HELPS;

    /** A loss must fall by this share to count as better. */
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

    /** Below 0 where the first is better, 0 where neither is. */
    static int compared(Control a, Control b) {
        int right = right(a, b);
        if (right != 0) return right;
        if (lower(a, b)) return -1;
        return lower(b, a) ? 1 : 0;
    }

    /** By more than what may be noise; what is no finite number is above all that are. */
    private static boolean lower(Control a, Control b) {
        return Double.isFinite(a.loss()) && !(a.loss() >= b.loss() * (1 - NOTEWORTHY));
    }

    /** By held-out examples alone; 0 without them. */
    static int right(Control a, Control b) {
        if (a.heldOut().isEmpty() || b.heldOut().isEmpty()) return 0;
        return Double.compare(b.heldOut().get().exactMatch(), a.heldOut().get().exactMatch());
    }
}
