package io.lorahub.engine.model.family;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;

/**
 * The architecture, from config.json of a Hugging Face model (transformers' T5Config and its defaults).
 *
 * @param activation transformers' name: relu, gelu_new, gelu or silu
 * @param tied       whether the weight of the output layer is the input embedding
 * @param scaled     whether the last states are multiplied by d_model^-0.5 before the output layer
 * @param start      the token that labels are shifted behind; generation may begin with another
 */
public record T5Config(
        int vocabulary,
        int dModel,
        int dKv,
        int dFf,
        int heads,
        int layers,
        int decoderLayers,
        int buckets,
        int maxDistance,
        double epsilon,
        boolean gated,
        String activation,
        boolean tied,
        boolean scaled,
        int pad,
        int end,
        int start)
        implements ModelConfig {

    private static final String OUTPUT = "lm_head";
    private static final String EMBEDDING = "shared";

    /**
     * Uses information that only the weights provide: transformers 5 writes tie_word_embeddings true for every
     * model and stores whether it scales as scale_decoder_outputs. The output layer has its own weight if the files
     * contain one.
     *
     * @param tensors names of the model's tensors
     */
    public static T5Config of(JsonNode json, Set<String> tensors) {
        ConfigValues values = new ConfigValues(json);
        // transformers: feed_forward_proj is "relu" or "gated-gelu", which means gelu_new; is_gated_act and
        // dense_act_fn are read last and override it
        String projection = json.path("feed_forward_proj").asText("relu");
        boolean gated = projection.startsWith("gated-");
        String activation = gated ? projection.substring("gated-".length()) : projection;
        if (projection.equals("gated-gelu")) activation = "gelu_new";
        gated = json.path("is_gated_act").asBoolean(gated);
        activation = json.path("dense_act_fn").asText(activation);
        Activation.named(activation, "feed_forward_proj or dense_act_fn");
        int layers = values.layers("num_layers", 6);
        int vocabulary = values.positive("vocab_size", 32128);
        double epsilon = values.notNegative("layer_norm_epsilon", 1e-6);
        int pad = values.token("pad_token_id", 0, vocabulary);
        boolean tied = json.path("tie_word_embeddings").asBoolean(true);
        JsonNode scale = json.path("scale_decoder_outputs");
        return new T5Config(
                vocabulary,
                values.positive("d_model", 512),
                values.positive("d_kv", 64),
                values.positive("d_ff", 2048),
                values.positive("num_heads", 8),
                layers,
                values.layers("num_decoder_layers", layers),
                values.positive("relative_attention_num_buckets", 32),
                values.positive("relative_attention_max_distance", 128),
                epsilon,
                gated,
                activation,
                scale.isBoolean() ? !tensors.contains("lm_head.weight") : tied,
                scale.asBoolean(tied),
                pad,
                values.token("eos_token_id", 1, vocabulary),
                values.token("decoder_start_token_id", pad, vocabulary));
    }

    /** Attention width: heads times d_kv. */
    public int inner() {
        return heads * dKv;
    }

    @Override
    public KeysAndValues keysAndValues() {
        return new KeysAndValues(decoderLayers, heads, dKv);
    }

    @Override
    public String modelType() {
        return "t5";
    }

    @Override
    public Architecture architecture() {
        return Architecture.ENCODER_DECODER;
    }

    @Override
    public String summary() {
        return String.format(
                Locale.ROOT,
                "%d + %d layers, width %d, %d heads, %,d tokens",
                layers,
                decoderLayers,
                dModel,
                heads,
                vocabulary);
    }

    @Override
    public int width() {
        return dModel;
    }

    @Override
    public int depth() {
        return Math.max(layers, decoderLayers);
    }

    @Override
    public OptionalInt startToken() {
        return OptionalInt.of(start);
    }

    @Override
    public String embedding() {
        return EMBEDDING;
    }

    @Override
    public String outputLayer() {
        return OUTPUT;
    }

    @Override
    public double tiedScale() {
        return scaled ? Math.pow(dModel, -0.5) : 1;
    }

    @Override
    public boolean isNorm(String tensor) {
        return tensor.endsWith("layer_norm.weight");
    }

    @Override
    public Map<String, float[]> programTensors() {
        return Map.of("epsilon", new float[] {(float) Math.sqrt(epsilon * dModel)});
    }

    @Override
    public Map<String, Object> constants() {
        return Map.ofEntries(
                Map.entry("heads", (long) heads),
                Map.entry("width", (long) dKv),
                Map.entry("layers", (long) layers),
                Map.entry("decoder_layers", (long) decoderLayers),
                Map.entry("gated", gated),
                Map.entry("biases", false),
                Map.entry(
                        "activation",
                        Activation.named(activation, "dense_act_fn").code()),
                Map.entry("scaled", scaled),
                Map.entry("output_scale", Math.pow(dModel, -0.5)),
                Map.entry("position_buckets", (long) buckets),
                Map.entry("position_distance", (long) maxDistance),
                Map.entry("lowest", (double) -Float.MAX_VALUE));
    }

    @Override
    public boolean readsInputs(String module) {
        // keys and values of cross-attention read the encoder's tokens
        return module.startsWith("encoder.")
                || module.endsWith("EncDecAttention.k")
                || module.endsWith("EncDecAttention.v");
    }

    @Override
    public double activations(int inputTokens, int labelTokens) {
        double perToken = 12.0 * dModel + 4.0 * dFf + 4.0 * inner();
        return perToken * ((double) inputTokens * layers + 1.5 * labelTokens * decoderLayers);
    }

    @Override
    public double passValues(int inputTokens, int labelTokens, long pairs) {
        double entering = (double) dModel * (layers * inputTokens + decoderLayers * labelTokens);
        double oneLayer = activations(inputTokens, labelTokens) / Math.max(layers, decoderLayers);
        // the position biases of all pairs, and a copy of them while they are made or used in another precision
        return entering + 2 * oneLayer + 2.0 * heads * pairs;
    }

    @Override
    public Map<String, long[]> shapes() {
        Map<String, long[]> shapes = new LinkedHashMap<>();
        shapes.put(EMBEDDING + ".weight", new long[] {vocabulary, dModel});
        if (!tied) {
            shapes.put(OUTPUT + ".weight", new long[] {vocabulary, dModel});
        }
        stack("encoder", layers, shapes);
        stack("decoder", decoderLayers, shapes);
        return shapes;
    }

    @Override
    public Map<String, long[]> modules() {
        Map<String, long[]> modules = matrices();
        modules.keySet().removeIf(T5Config::isTable);
        modules.put(OUTPUT, new long[] {vocabulary, dModel});
        return modules;
    }

    @Override
    public Set<String> tables() {
        Set<String> tables = matrices().keySet();
        tables.removeIf(module -> !isTable(module));
        return tables;
    }

    private Map<String, long[]> matrices() {
        Map<String, long[]> matrices = new LinkedHashMap<>();
        shapes().forEach((tensor, shape) -> {
            if (shape.length == 2) matrices.put(tensor.substring(0, tensor.length() - ".weight".length()), shape);
        });
        return matrices;
    }

    @Override
    public boolean canBeReplaced(String module) {
        return module.equals(OUTPUT) || module.equals("encoder.embed_tokens") || module.equals("decoder.embed_tokens");
    }

    private static boolean isTable(String module) {
        return module.equals(EMBEDDING) || module.endsWith("relative_attention_bias");
    }

    private void stack(String stack, int layers, Map<String, long[]> shapes) {
        boolean decoder = stack.equals("decoder");
        for (int i = 0; i < layers; i++) {
            String block = stack + ".block." + i + ".layer.";
            attention(block + "0", "SelfAttention", shapes);
            if (i == 0) {
                shapes.put(block + "0.SelfAttention.relative_attention_bias.weight", new long[] {buckets(), heads()});
            }
            if (decoder) attention(block + "1", "EncDecAttention", shapes);
            String last = block + (decoder ? "2" : "1");
            shapes.put(last + ".layer_norm.weight", new long[] {dModel()});
            for (String in : gated() ? new String[] {"wi_0", "wi_1"} : new String[] {"wi"}) {
                shapes.put(last + ".DenseReluDense." + in + ".weight", new long[] {dFf(), dModel()});
            }
            shapes.put(last + ".DenseReluDense.wo.weight", new long[] {dModel(), dFf()});
        }
        shapes.put(stack + ".final_layer_norm.weight", new long[] {dModel()});
    }

    private void attention(String layer, String kind, Map<String, long[]> shapes) {
        shapes.put(layer + ".layer_norm.weight", new long[] {dModel()});
        for (String projection : new String[] {"q", "k", "v"}) {
            shapes.put(layer + "." + kind + "." + projection + ".weight", new long[] {inner(), dModel()});
        }
        shapes.put(layer + "." + kind + ".o.weight", new long[] {dModel(), inner()});
    }
}
