package io.lorahub.engine.model.decoding;

import ai.djl.pytorch.jni.IValue;
import io.lorahub.engine.lora.LoraAdapter;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * A text that a {@link BatchDecoder} writes, and what the model says about its next token. After {@link BatchDecoder#step}
 * has returned it, {@link #append} continues it.
 */
public final class DecodedText {

    /** The input of an encoder-decoder model. */
    final int[] input;

    final List<MixedAdapter> mix;
    /** The adapter that replaces modules of the model. */
    final Optional<LoraAdapter> replacing;
    /** The model's weights, some of which the mix may replace. */
    final IValue weights;

    final int alternatives;
    /** What {@link #outputs} reports. */
    final OptionalDouble wanted;
    /** Number of tokens after which no position is left; the last of them is never read. */
    final int longest;

    final CachePlaces.Range places;
    final Optional<CachePlaces.Range> inputPlaces;

    /** On whose behalf it is written. */
    String owner = "";

    /** Number of tokens whose keys and values are in the cache. */
    int cached;
    /** Number of tokens that the text had when they were computed. */
    int lengthWhenRead;
    /** Whether the input of an encoder-decoder model has been read. */
    boolean isInputRead;

    /** Number of tokens whose keys and values were copied from another text. */
    int reused;

    /** Number of tokens that it began with. */
    private final int given;

    private int[] tokens;
    private int length;
    private int token;
    private double logProbability;
    private double normalizer;
    private boolean finite;
    private int[] topTokens = {};
    private double[] topLogProbabilities = {};
    private float[] outputs = {};

    DecodedText(
            int[] input,
            int[] beginning,
            List<MixedAdapter> mix,
            Optional<LoraAdapter> replacing,
            IValue weights,
            int alternatives,
            OptionalDouble wanted,
            int longest,
            CachePlaces.Range places,
            Optional<CachePlaces.Range> inputPlaces) {
        this.input = input;
        this.mix = mix;
        this.replacing = replacing;
        this.weights = weights;
        this.alternatives = alternatives;
        this.wanted = wanted;
        this.longest = longest;
        this.places = places;
        this.inputPlaces = inputPlaces;
        tokens = Arrays.copyOf(beginning, beginning.length + 16);
        given = beginning.length;
        length = given;
    }

    /** The tokens that have been appended. */
    public int[] written() {
        return Arrays.copyOfRange(tokens, given, length);
    }

    /** Number of all tokens. */
    int length() {
        return length;
    }

    int tokenAt(int position) {
        return tokens[position];
    }

    int unread() {
        return length - cached;
    }

    /** Number of first tokens that are the same as another's. */
    int common(DecodedText other, int most) {
        int end = Math.min(most, Math.min(length, other.length));
        int mismatch = Arrays.mismatch(tokens, 0, end, other.tokens, 0, end);
        return mismatch < 0 ? end : mismatch;
    }

    /** Whether keys and values of the same tokens are the same and may be shared. */
    boolean canShareWith(DecodedText other) {
        if (!owner.equals(other.owner) || mix.size() != other.mix.size() || weights != other.weights) return false;
        for (int i = 0; i < mix.size(); i++) {
            // equal factors in other files would have to be compared
            if (mix.get(i).adapter() != other.mix.get(i).adapter()
                    || !mix.get(i).weights().equals(other.mix.get(i).weights())) return false;
        }
        return true;
    }

    /** Takes what {@code outcome} in lora.py gives for this text. */
    void setOutcome(float[] columns, int at, int top, float[] allOutputs, int outputsAt, int vocabulary) {
        token = (int) columns[at];
        logProbability = columns[at + 1];
        normalizer = columns[at + 2];
        finite = Double.isFinite(normalizer) && Double.isFinite(columns[at + 3]);
        topTokens = new int[alternatives];
        topLogProbabilities = new double[alternatives];
        for (int i = 0; i < alternatives; i++) {
            topLogProbabilities[i] = columns[at + 4 + i];
            topTokens[i] = (int) columns[at + 4 + top + i];
        }
        if (wanted.isPresent()) outputs = Arrays.copyOfRange(allOutputs, outputsAt, outputsAt + vocabulary);
    }

    /** Whether the model's outputs are finite numbers. Otherwise nothing can be written with it. */
    public boolean isFinite() {
        return finite;
    }

    /** The most probable next token. */
    public int mostProbable() {
        return token;
    }

    /** The natural logarithm of a token's probability. Only for the most probable one unless outputs are wanted. */
    public double logProbability(int id) {
        if (id == token) return logProbability;
        double temperature = wanted.getAsDouble();
        return temperature == 0 ? outputs[id] - normalizer : logProbability + temperature * Math.log(outputs[id]);
    }

    /** The most probable tokens, the most probable first; as many as were asked for. */
    public int[] alternatives() {
        return topTokens;
    }

    public double[] alternativeLogProbabilities() {
        return topLogProbabilities;
    }

    /**
     * The model's outputs for all tokens: the logits where the wanted temperature is 0, otherwise numbers in proportion to
     * the probabilities at this temperature, 1 for the most probable token. Empty unless they are wanted.
     */
    public float[] outputs() {
        return outputs;
    }

    /** Continues the text. Only after {@link BatchDecoder#step} has returned it. */
    public void append(int next) {
        if (length == tokens.length) tokens = Arrays.copyOf(tokens, 2 * length);
        tokens[length++] = next;
    }

    /** Whether no more token can be appended: there is no position or no room. */
    public boolean isFull() {
        return length >= longest;
    }
}
