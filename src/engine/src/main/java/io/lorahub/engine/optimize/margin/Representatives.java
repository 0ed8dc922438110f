package io.lorahub.engine.optimize.margin;

import io.lorahub.engine.optimize.SearchSpace;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

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

    /** A mix of two leaves at most this share of its square to others: rounding, and what compression cut off. */
    private static final double REST_OF_MIX = 0.01;

    /** The larger part of a mix of two has at least this share of it; only the first few of those are examined. */
    private static final double LEAST_OF_FIRST = 0.4;

    private static final int FIRSTS = 4;

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
        Set<Integer> mixes = mixes(products, order);
        int whole = 0;
        double[] covered = new double[order.size()];
        for (int k = 0; k < Math.min(most, order.size()); k++) {
            int best = k;
            double gain = -1;
            for (int i = k; i < order.size(); i++) {
                double added = mixes.contains(order.get(i)) ? 0 : added(products, order.get(i), covered);
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

    /**
     * Returns candidates that are scaled copies of another one or mixes of two, as merged adapters are. They cover two
     * others in part each, so they would be chosen before the adapters of which they are made. The smaller ones are
     * examined first, so that of two that are copies of each other the larger one stays.
     */
    private Set<Integer> mixes(double[][] products, List<Integer> order) {
        Set<Integer> rest = new HashSet<>(order);
        Set<Integer> mixes = new HashSet<>();
        order.stream().sorted(Comparator.comparingDouble(i -> products[i][i])).forEach(i -> {
            rest.remove(i);
            if (isMix(products, i, rest)) mixes.add(i);
            else rest.add(i);
        });
        return mixes;
    }

    private boolean isMix(double[][] products, int mix, Set<Integer> others) {
        return others.stream()
                .filter(i -> products[i][mix] > 0 && share(products, i, mix) >= LEAST_OF_FIRST)
                .sorted(Comparator.comparingDouble(i -> -share(products, i, mix)))
                .limit(FIRSTS)
                .anyMatch(i -> others.stream().anyMatch(j -> i != j && rest(products, mix, i, j) <= REST_OF_MIX));
    }

    /** Returns the share of the square of ΔW_mix that no mix of two others with weights from 0 to the upper bound has. */
    private double rest(double[][] products, int mix, int i, int j) {
        double ofI = products[mix][i];
        double ofJ = products[mix][j];
        double square = products[i][i] * products[j][j] - products[i][j] * products[i][j];
        double a = (ofI * products[j][j] - ofJ * products[i][j]) / square;
        double b = (ofJ * products[i][i] - ofI * products[i][j]) / square;
        if (!(a >= 0 && a <= space.upper() && b >= 0 && b <= space.upper())) return 1 - share(products, i, mix);
        return 1 - (a * ofI + b * ofJ) / products[mix][mix];
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
