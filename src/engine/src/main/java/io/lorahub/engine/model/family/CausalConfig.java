package io.lorahub.engine.model.family;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;

/**
 * A decoder-only model. All families are variations of one program, {@code torchscript/causal.py}; what varies is here.
 *
 * @param contextLength number of tokens of the longest text
 * @param ropes         the model's rotary embeddings; empty with learned positions
 * @param ropeOf        for each layer the index of its rotary embedding, -1 for none
 * @param window        number of positions that a sliding layer sees, including the token's own; 0 if no layer slides
 * @param sliding       for each layer whether it sees only the window
 * @param parallel      whether attention and feed-forward of a layer both read what enters the layer
 * @param tied          whether the weight of the output layer is the input embedding
 * @param transposed    whether the weights of the layers are stored as [in, out]
 */
public record CausalConfig(
        String modelType,
        int vocabulary,
        int width,
        int layers,
        int contextLength,
        Attention attention,
        FeedForward feedForward,
        Norms norms,
        Scales scales,
        ModuleNames names,
        List<Rope> ropes,
        List<Integer> ropeOf,
        int window,
        List<Boolean> sliding,
        boolean parallel,
        boolean tied,
        boolean transposed,
        int end)
        implements ModelConfig {

    /** How the projections of queries, keys and values are stored. */
    public enum Projection {
        /** Three modules. */
        SEPARATE,
        /** One module: all queries, all keys, all values. */
        FUSED,
        /** One module: query, key and value of the first head, then those of the second, and so on. */
        INTERLEAVED
    }

    /** What the norms of queries and keys cover. */
    public enum QueryNorm {
        NONE,
        HEAD,
        ALL_HEADS
    }

    /**
     * @param keyValueHeads groups of query heads share a key and value head
     * @param bias          whether the projections of queries, keys and values have a bias
     * @param outputBias    whether the output projection has a bias
     * @param scale         factor on the scores
     * @param scaleByLayer  whether the scores of layer i are also divided by i + 1
     * @param softCap       scores are bent to stay below this; 0 if they are not
     */
    public record Attention(
            int heads,
            int keyValueHeads,
            int headWidth,
            Projection projection,
            boolean bias,
            boolean outputBias,
            double scale,
            boolean scaleByLayer,
            double softCap,
            QueryNorm queryNorm) {

        int queryWidth() {
            return heads * headWidth;
        }

        int keyWidth() {
            return keyValueHeads * headWidth;
        }
    }

    /**
     * @param gated whether the activated values are multiplied by a second projection
     * @param fused whether both projections are one module, the gate first
     */
    public record FeedForward(int inner, Activation activation, boolean gated, boolean fused, boolean bias) {}

    /**
     * @param layerNorm layer norms with a bias, otherwise root mean square norms
     * @param offset    added to the weights of the norms
     * @param before    whether attention and feed-forward read normed values
     * @param after     whether their outputs are normed
     */
    public record Norms(boolean layerNorm, double epsilon, double offset, boolean before, boolean after) {}

    /**
     * @param logitCap logits are bent to stay below this; 0 if they are not
     */
    public record Scales(double embedding, double residual, double logits, double logitCap) {}

    @Override
    public Architecture architecture() {
        return Architecture.DECODER_ONLY;
    }

    @Override
    public int depth() {
        return layers;
    }

    @Override
    public String summary() {
        return String.format(
                Locale.ROOT, "%d layers, width %d, %d heads, %,d tokens", layers, width, attention.heads, vocabulary);
    }

    @Override
    public OptionalInt context() {
        return OptionalInt.of(contextLength);
    }

    @Override
    public OptionalInt learnedPositions() {
        return names.positions.isEmpty() ? OptionalInt.empty() : context();
    }

    @Override
    public OptionalInt turningPoint() {
        return ropes.stream()
                .map(Rope::turningPoint)
                .filter(OptionalInt::isPresent)
                .findFirst()
                .orElse(OptionalInt.empty());
    }

    @Override
    public String prefix() {
        return names.prefix();
    }

    @Override
    public Map<String, long[]> shapes() {
        return new CausalLayout(this).shapes();
    }

    @Override
    public Map<String, long[]> modules() {
        return new CausalLayout(this).modules();
    }

    @Override
    public List<List<String>> joins() {
        return new CausalLayout(this).joins();
    }

    @Override
    public Set<String> tables() {
        return names.positions.isEmpty() ? Set.of(names.embedding) : Set.of(names.embedding, names.positions);
    }

    @Override
    public String embedding() {
        return names.embedding;
    }

    @Override
    public String outputLayer() {
        return names.head;
    }

    @Override
    public KeysAndValues keysAndValues() {
        return new KeysAndValues(layers, attention.keyValueHeads, attention.headWidth);
    }

    @Override
    public boolean isTransposed(String module) {
        return transposed && readsInputs(module) && !tables().contains(module);
    }

    @Override
    public boolean isNorm(String tensor) {
        return !norms.layerNorm && names.isNorm(tensor);
    }

    @Override
    public double normOffset() {
        return norms.offset;
    }

    @Override
    public boolean readsInputs(String module) {
        return !module.equals(names.head);
    }

    @Override
    public double activations(int inputTokens, int labelTokens) {
        double perToken = 12.0 * width + 4.0 * feedForward.inner + 6.0 * attention.queryWidth();
        return perToken * inputTokens * layers;
    }

    @Override
    public double passValues(int inputTokens, int labelTokens, long pairs) {
        double oneLayer = activations(inputTokens, labelTokens) / layers;
        // only bent scores are computed as a whole: as they are, bent, masked and their softmax
        double scores = attention.softCap > 0 ? 4.0 * attention.heads * pairs : 0;
        return (double) width * layers * inputTokens + 2 * oneLayer + scores;
    }

    @Override
    public Map<String, float[]> programTensors() {
        return switch (attention.queryNorm) {
            case NONE -> Map.of("epsilon", epsilon(width));
            case HEAD ->
                Map.of(
                        "epsilon", epsilon(width),
                        "query_epsilon", epsilon(attention.headWidth),
                        "key_epsilon", epsilon(attention.headWidth));
            case ALL_HEADS ->
                Map.of(
                        "epsilon", epsilon(width),
                        "query_epsilon", epsilon(attention.queryWidth()),
                        "key_epsilon", epsilon(attention.keyWidth()));
        };
    }

    private float[] epsilon(int size) {
        return new float[] {(float) Math.sqrt(norms.epsilon * size)};
    }

    @Override
    public Map<String, Object> constants() {
        Map<String, Object> constants = new HashMap<>(names.constants());
        constants.put("layers", (long) layers);
        constants.put("heads", (long) attention.heads);
        constants.put("key_heads", (long) attention.keyValueHeads);
        constants.put("width", (long) attention.headWidth);
        constants.put("projection", (long) attention.projection.ordinal());
        constants.put("scale", attention.scale);
        constants.put("scale_by_layer", attention.scaleByLayer);
        constants.put("soft_cap", attention.softCap);
        constants.put("query_norm", (long) attention.queryNorm.ordinal());
        constants.put("inner", (long) feedForward.inner);
        constants.put("activation", feedForward.activation.code());
        constants.put("gated", feedForward.gated);
        constants.put("fused_gate", feedForward.fused);
        constants.put("biases", attention.bias || attention.outputBias || feedForward.bias);
        constants.put("layer_norm", norms.layerNorm);
        constants.put("epsilon", norms.epsilon);
        constants.put("norm_before", norms.before);
        constants.put("norm_after", norms.after);
        constants.put("embedding_scale", scales.embedding);
        constants.put("residual_scale", scales.residual);
        constants.put("logit_scale", scales.logits);
        constants.put("logit_cap", scales.logitCap);
        constants.put("parallel", parallel);
        constants.put("learned_positions", !names.positions.isEmpty());
        constants.put("ropes", (long) ropes.size());
        constants.put("rope_of", ropeOf.stream().map(Integer::longValue).toList());
        List<Long> windowed = new ArrayList<>();
        sliding.forEach(slides -> windowed.add(slides ? 1L : 0L));
        constants.put("sliding", windowed);
        constants.put("window", (long) window);
        constants.put("lowest", (double) -Float.MAX_VALUE);
        return constants;
    }
}
