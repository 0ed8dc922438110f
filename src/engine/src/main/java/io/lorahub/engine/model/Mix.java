package io.lorahub.engine.model;

import java.util.List;

/**
 * Weight vectors in the format of the model's program.
 *
 * @param vectors      P
 * @param width        Q, the number of stacked rows used by each vector; 0 if all are used
 * @param rows         indices of the rows, [P, Q]
 * @param coefficients the weight of each row in each of the G layer groups, [P, G, Q] or [P, G, R]
 * @param mix          the weights themselves, [P, G, N]
 */
record Mix(int vectors, int width, long[] rows, float[] coefficients, float[] mix) {

    /** Leaves out rows of candidates with weight 0 if that reduces the work. */
    static Mix of(AdapterBank bank, List<double[]> weights) {
        float[] mix = mix(bank, weights);
        int widest = 1;
        for (int p = 0; p < weights.size(); p++) {
            int used = 0;
            for (int i = 0; i < bank.candidates(); i++) {
                used += isUsed(bank, mix, p, i) ? bank.firstRow(i + 1) - bank.firstRow(i) : 0;
            }
            widest = Math.max(widest, used);
        }
        boolean exact = bank.composition() == ComposedWeights.EXACT;
        return exact && widest < bank.rows() * 3 / 4
                ? sparse(bank, weights.size(), widest, mix)
                : all(bank, weights.size(), mix);
    }

    /** Uses all rows in their order, as required for a gradient with respect to every weight. */
    static Mix all(AdapterBank bank, List<double[]> weights) {
        return all(bank, weights.size(), mix(bank, weights));
    }

    private static float[] mix(AdapterBank bank, List<double[]> weights) {
        int groups = bank.groups();
        int n = bank.candidates();
        float[] mix = new float[weights.size() * groups * n];
        for (int p = 0; p < weights.size(); p++) {
            double[] own = bank.perGroup(weights.get(p));
            for (int k = 0; k < own.length; k++) {
                mix[p * groups * n + k % groups * n + k / groups] = (float) own[k];
            }
        }
        return mix;
    }

    private static boolean isUsed(AdapterBank bank, float[] mix, int vector, int candidate) {
        for (int g = 0; g < bank.groups(); g++) {
            if (mix[(vector * bank.groups() + g) * bank.candidates() + candidate] != 0) return true;
        }
        return false;
    }

    private static Mix all(AdapterBank bank, int vectors, float[] mix) {
        int lines = vectors * bank.groups();
        float[] coefficients = new float[lines * bank.rows()];
        for (int line = 0; line < lines; line++) {
            for (int i = 0; i < bank.candidates(); i++) {
                for (int row = bank.firstRow(i); row < bank.firstRow(i + 1); row++) {
                    coefficients[line * bank.rows() + row] = mix[line * bank.candidates() + i];
                }
            }
        }
        return new Mix(vectors, 0, new long[0], coefficients, mix);
    }

    private static Mix sparse(AdapterBank bank, int vectors, int width, float[] mix) {
        int groups = bank.groups();
        long[] rows = new long[vectors * width];
        float[] coefficients = new float[vectors * groups * width];
        for (int p = 0; p < vectors; p++) {
            int at = 0;
            for (int i = 0; i < bank.candidates(); i++) {
                if (!isUsed(bank, mix, p, i)) continue;
                for (int row = bank.firstRow(i); row < bank.firstRow(i + 1); row++, at++) {
                    rows[p * width + at] = row;
                    for (int g = 0; g < groups; g++) {
                        int line = p * groups + g;
                        coefficients[line * width + at] = mix[line * bank.candidates() + i];
                    }
                }
            }
        }
        return new Mix(vectors, width, rows, coefficients, mix);
    }

    int coefficientWidth() {
        return coefficients.length / vectors;
    }
}
