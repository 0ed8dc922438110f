package io.lorahub.engine.optimize.margin;

import io.lorahub.engine.optimize.SearchSpace;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;

/**
 * Selects candidates that represent the others: scaled, noisy or merged copies of existing candidates need not be
 * evaluated. Uses greedy facility location (Nemhauser, Wolsey and Fisher 1978): each choice is the candidate that adds
 * most to the share of all candidates that the chosen ones reproduce.
 */
final class Representatives {

    /**
     * A candidate that is unlike all others adds 1, its own share. One that adds less than this is a copy in part: factors
     * with noise of twice their size still have 4 % of the original.
     */
    private static final double ITSELF = 0.96;

    private final SearchSpace space;

    Representatives(SearchSpace space) {
        this.space = space;
    }

    /**
     * Moves the representatives to the front, in the order in which they are chosen. Keeps the order if the candidates'
     * products are unknown.
     *
     * @param most to bring forward
     * @return number of candidates that are no copies in part, as far as that is known: all, if all that were brought
     *         forward are none
     */
    int bringForward(List<Integer> order, int most) {
        double[][] products = space.products().get();
        if (products == null) return order.size();
        int whole = 0;
        double[] covered = new double[order.size()];
        for (int k = 0; k < Math.min(most, order.size()); k++) {
            int best = k;
            double gain = -1;
            for (int i = k; i < order.size(); i++) {
                double added = added(products, order.get(i), covered);
                if (added > gain) {
                    gain = added;
                    best = i;
                }
            }
            Collections.swap(order, k, best);
            if (whole == k && gain >= ITSELF) whole++;
            int chosen = order.get(k);
            Arrays.setAll(covered, j -> Math.max(covered[j], share(products, chosen, j)));
        }
        return whole == most ? order.size() : whole;
    }

    private double added(double[][] products, int candidate, double[] covered) {
        double added = 0;
        for (int j = 0; j < covered.length; j++) {
            added += Math.max(0, share(products, candidate, j) - covered[j]);
        }
        return added;
    }

    /**
     * Returns the share of the square of ΔW_j that ΔW_i reproduces at its best weight within the bounds; 0 if either is
     * zero.
     */
    private double share(double[][] products, int i, int j) {
        double both = products[i][j];
        double own = products[i][i];
        double weight = Math.min(space.upper(), Math.max(space.lower(), both / own));
        double share = (2 * weight * both - weight * weight * own) / products[j][j];
        return share > 0 ? share : 0;
    }
}
