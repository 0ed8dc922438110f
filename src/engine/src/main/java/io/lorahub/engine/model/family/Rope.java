package io.lorahub.engine.model.family;

import java.util.List;
import java.util.OptionalInt;

/**
 * Rotary position embeddings (Su et al., arXiv 2104.09864): pairs of a head's first values turn by an angle that grows
 * with the position. The frequencies are computed in float32, as transformers does.
 *
 * @param rotated   number of a head's values that turn
 * @param theta     base of the wavelengths
 * @param scaling   how the frequencies are changed for longer texts
 * @param context   the number of positions that the model was trained for, before scaling
 * @param magnitude factor on the cosines and sines
 */
public record Rope(int rotated, double theta, Scaling scaling, int context, double magnitude) {

    /** The frequencies of one type of rope_scaling. */
    sealed interface Scaling {
        /** @param length number of tokens of the text */
        float[] frequencies(Rope rope, int length);

        /** How many times the context becomes longer. */
        default double factor() {
            return 1;
        }
    }

    /** Number of tokens of the longest text, with the scaling. */
    int longest() {
        return (int) Math.min(Integer.MAX_VALUE, context * scaling.factor());
    }

    /**
     * Number of tokens after which a text's earlier positions are computed again, with other frequencies; empty if never.
     */
    public OptionalInt turningPoint() {
        return scaling instanceof LongRope ? OptionalInt.of(context) : OptionalInt.empty();
    }

    /** Whether the frequencies of a text depend on its length. */
    public boolean dependsOnLength() {
        return scaling instanceof Dynamic || scaling instanceof LongRope;
    }

    /**
     * Returns the angle per position of each pair.
     *
     * @param length number of tokens of the text
     */
    public float[] frequencies(int length) {
        return scaling.frequencies(this, length);
    }

    /** Number of pairs. If the number of values is odd, one more turns, as in transformers. */
    public int pairs() {
        return (rotated + 1) / 2;
    }

    private float[] plain(double base) {
        float[] frequencies = new float[pairs()];
        for (int i = 0; i < frequencies.length; i++) {
            frequencies[i] = 1 / (float) Math.pow(base, 2f * i / rotated);
        }
        return frequencies;
    }

    record Unscaled() implements Scaling {
        @Override
        public float[] frequencies(Rope rope, int length) {
            return rope.plain(rope.theta);
        }
    }

    record Linear(double factor) implements Scaling {
        @Override
        public float[] frequencies(Rope rope, int length) {
            float[] frequencies = rope.plain(rope.theta);
            for (int i = 0; i < frequencies.length; i++) frequencies[i] /= (float) factor;
            return frequencies;
        }
    }

    /** Stretches only long wavelengths, with a transition (Llama 3.1). */
    record Llama3(double factor, double low, double high) implements Scaling {
        @Override
        public float[] frequencies(Rope rope, int length) {
            float[] frequencies = rope.plain(rope.theta);
            for (int i = 0; i < frequencies.length; i++) {
                double wavelength = 2 * Math.PI / frequencies[i];
                double turns = rope.context / wavelength;
                if (turns < low) {
                    frequencies[i] /= (float) factor;
                } else if (turns <= high) {
                    double smooth = (turns - low) / (high - low);
                    frequencies[i] = (float) ((1 - smooth) * frequencies[i] / factor + smooth * frequencies[i]);
                }
            }
            return frequencies;
        }
    }

    /** Peng et al., arXiv 2309.00071. */
    record Yarn(double factor, double betaFast, double betaSlow, boolean truncate) implements Scaling {
        @Override
        public float[] frequencies(Rope rope, int length) {
            double low = dimension(rope, betaFast);
            double high = dimension(rope, betaSlow);
            if (truncate) {
                low = Math.floor(low);
                high = Math.ceil(high);
            }
            low = Math.max(low, 0);
            high = Math.min(high, rope.rotated - 1);
            if (low == high) high += 0.001;
            float[] frequencies = rope.plain(rope.theta);
            for (int i = 0; i < frequencies.length; i++) {
                double interpolated = Math.min(1, Math.max(0, (i - low) / (high - low)));
                frequencies[i] = (float) (frequencies[i] / factor * interpolated + frequencies[i] * (1 - interpolated));
            }
            return frequencies;
        }

        /** The pair that makes this number of turns over the original context. */
        private static double dimension(Rope rope, double turns) {
            return rope.rotated * Math.log(rope.context / (turns * 2 * Math.PI)) / (2 * Math.log(rope.theta));
        }

        /** The default magnitude. */
        static double magnitude(double factor, double weight) {
            return factor <= 1 ? 1 : 0.1 * weight * Math.log(factor) + 1;
        }
    }

    /** Raises the base for texts beyond the context. */
    record Dynamic(double factor) implements Scaling {
        @Override
        public float[] frequencies(Rope rope, int length) {
            double longest = Math.max(length, rope.context);
            double growth = factor * longest / rope.context - (factor - 1);
            return rope.plain(rope.theta * Math.pow(growth, rope.rotated / (rope.rotated - 2.0)));
        }
    }

    /** Divides each frequency by its own factor (Ding et al., arXiv 2402.13753). */
    record LongRope(List<Double> shortFactors, List<Double> longFactors) implements Scaling {
        @Override
        public float[] frequencies(Rope rope, int length) {
            List<Double> factors = length > rope.context ? longFactors : shortFactors;
            float[] frequencies = rope.plain(rope.theta);
            for (int i = 0; i < frequencies.length; i++) {
                frequencies[i] = frequencies[i] / factors.get(i).floatValue();
            }
            return frequencies;
        }
    }
}
