package io.lorahub.engine.learning;

import java.util.List;
import java.util.Locale;

/**
 * The share of correct predictions, in percent.
 *
 * @param exactMatch share of predictions that match the whole string
 * @param accuracy   the published program's measure: ignores case, full stops and surrounding white space
 * @param low        lower end of the 95 % interval of exactMatch (Wilson 1927)
 * @param high       upper end of the same interval
 * @param count      number of examples
 * @param nearMisses wrong predictions that are nearly right
 */
public record Accuracy(double exactMatch, double accuracy, double low, double high, int count, NearMisses nearMisses) {

    private static final double Z = 1.959963984540054;

    public static Accuracy of(List<String> predictions, List<Example> examples) {
        int exact = 0;
        int loose = 0;
        for (int i = 0; i < examples.size(); i++) {
            String expected = examples.get(i).output();
            exact += predictions.get(i).equals(expected) ? 1 : 0;
            loose += normal(predictions.get(i)).equals(normal(expected)) ? 1 : 0;
        }
        int n = examples.size();
        double p = (double) exact / n;
        double spread = Z * Math.sqrt(p * (1 - p) / n + Z * Z / (4.0 * n * n)) / (1 + Z * Z / n);
        double centre = (p + Z * Z / (2 * n)) / (1 + Z * Z / n);
        return new Accuracy(
                100.0 * exact / n,
                100.0 * loose / n,
                exact == 0 ? 0 : 100 * (centre - spread),
                exact == n ? 100 : 100 * (centre + spread),
                n,
                NearMisses.of(predictions, examples));
    }

    /** Number of predictions that match the whole string. */
    public long right() {
        return Math.round(exactMatch * count / 100);
    }

    private static String normal(String text) {
        return text.strip().toLowerCase(Locale.ROOT).replace(".", "");
    }
}
