package io.lorahub.engine.model.family;

import com.fasterxml.jackson.databind.JsonNode;
import io.lorahub.engine.error.EngineException;
import io.lorahub.engine.model.family.CausalConfig.Attention;
import io.lorahub.engine.model.family.CausalConfig.FeedForward;
import io.lorahub.engine.model.family.CausalConfig.Norms;
import io.lorahub.engine.model.family.CausalConfig.Projection;
import io.lorahub.engine.model.family.CausalConfig.QueryNorm;
import io.lorahub.engine.model.family.CausalConfig.Scales;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;

/**
 * Collects the configuration of a decoder-only model. It begins with what Llama does and reads the keys that most
 * families share; a family changes what it does differently.
 */
final class CausalBuilder {

    private static final String SLIDING = "sliding_attention";

    final ConfigValues json;
    final String modelType;
    int vocabulary;
    int width;
    int layers;
    int context;
    int heads;
    int keyValueHeads;
    int headWidth;
    Projection projection = Projection.SEPARATE;
    boolean attentionBias;
    boolean outputBias;
    double attentionScale;
    boolean scaleByLayer;
    double softCap;
    QueryNorm queryNorm = QueryNorm.NONE;
    int inner;
    Activation activation;
    boolean gated = true;
    boolean fusedGate;
    boolean feedForwardBias;
    boolean layerNorm;
    double epsilon;
    double normOffset;
    boolean normBefore = true;
    boolean normAfter;
    double embeddingScale = 1;
    double residualScale = 1;
    double logitScale = 1;
    double logitCap;
    final ModuleNames names = new ModuleNames();
    List<Rope> ropes = List.of();
    List<Integer> ropeOf;
    int window;
    List<Boolean> sliding;
    boolean parallel;
    boolean tied;
    boolean transposed;
    int end;

    private CausalBuilder(JsonNode config) {
        json = new ConfigValues(config);
        modelType = json.text("model_type", "");
    }

    /** Without any values. */
    static CausalBuilder empty(JsonNode config) {
        return new CausalBuilder(config);
    }

    /** Reads the keys that Llama introduced, with its defaults where the sizes are not given. */
    static CausalBuilder llama(JsonNode config) {
        CausalBuilder b = new CausalBuilder(config);
        b.vocabulary = b.json.positive("vocab_size", 32000);
        b.width = b.json.positive("hidden_size", 4096);
        b.layers = b.json.layers("num_hidden_layers", 32);
        b.context = b.json.positive("max_position_embeddings", 2048);
        b.heads = b.json.positive("num_attention_heads", 32);
        b.keyValueHeads = b.json.positive("num_key_value_heads", b.heads);
        b.headWidth = b.json.positive("head_dim", Math.max(1, b.width / b.heads));
        b.attentionScale = Math.pow(b.headWidth, -0.5);
        b.inner = b.json.positive("intermediate_size", 11008);
        b.activation = Activation.named(b.json.text("hidden_act", "silu"), "hidden_act");
        b.epsilon = b.json.notNegative("rms_norm_eps", 1e-6);
        b.tied = b.json.flag("tie_word_embeddings", false);
        b.end = 2;
        return b;
    }

    /** One rotary embedding for all layers, which turns all of each head. */
    CausalBuilder withRope(double theta) {
        ropes = List.of(RopeReader.read(json, wholeHead(), context, theta));
        return this;
    }

    /**
     * The number of values that set the frequencies where all of a head turns: a partial_rotary_factor that leaves out no
     * pair changes only the frequencies, as in transformers 4, which fails with a smaller one.
     */
    int wholeHead() {
        double part = RopeReader.partOfHead(json, 1);
        int rotated = (int) (headWidth * part);
        if (part != 1 && rotated != headWidth && rotated != headWidth - 1) {
            throw new EngineException(
                    "\"partial_rotary_factor\" in config.json is %s, but models of the family %s turn whole heads. Remove the key, or use the files of the model's own family."
                            .formatted(part, modelType));
        }
        return rotated;
    }

    /**
     * Reads sliding_window. Null means that there is no window.
     *
     * @param otherwise if the key is missing
     */
    int slidingWindow(int otherwise) {
        return json.names("sliding_window") ? json.positive("sliding_window", 0) : otherwise;
    }

    void biasEverywhere(boolean attention, boolean feedForward) {
        attentionBias = attention;
        outputBias = attention;
        feedForwardBias = feedForward;
    }

    /** All layers slide. */
    void windowEverywhere(int positions) {
        window = positions;
        sliding = Collections.nCopies(layers, true);
    }

    /**
     * Reads layer_types.
     *
     * @param otherwise whether layer i slides if there is no such list
     */
    void windowByLayer(int positions, IntPredicate otherwise) {
        List<Boolean> slides = new ArrayList<>();
        if (json.has("layer_types")) {
            for (JsonNode type : json.at("layer_types")) {
                if (!type.asText().equals(SLIDING) && !type.asText().equals("full_attention")) {
                    throw new EngineException(
                            "A layer of the type \"%s\" (layer_types in config.json) is not supported; full_attention and sliding_attention are."
                                    .formatted(type.asText()));
                }
                boolean slide = type.asText().equals(SLIDING);
                if (slide && positions == 0) {
                    throw new EngineException(
                            "layer_types in config.json names a layer with sliding_attention, but the model has no window. Set sliding_window (and use_sliding_window, if it is false), or make the layer full_attention.");
                }
                slides.add(slide);
            }
            if (slides.size() != layers) {
                throw new EngineException("layer_types in config.json names %d layers, but the model has %d."
                        .formatted(slides.size(), layers));
            }
        } else {
            IntStream.range(0, layers).forEach(i -> slides.add(positions > 0 && otherwise.test(i)));
        }
        sliding = slides;
        window = slides.contains(true) ? positions : 0;
    }

    private void requireFullAttention() {
        for (JsonNode type : json.at("layer_types")) {
            if (type.asText().equals("full_attention")) continue;
            throw new EngineException(
                    "layer_types in config.json names a layer of the type \"%s\", but all layers of this model (%s) see all positions. Remove the key."
                            .formatted(type.asText(), modelType));
        }
    }

    CausalConfig build() {
        if (heads % keyValueHeads != 0) {
            throw new EngineException("%d attention heads cannot share %d key and value heads (config.json)."
                    .formatted(heads, keyValueHeads));
        }
        if (ropeOf == null) ropeOf = Collections.nCopies(layers, ropes.isEmpty() ? -1 : 0);
        if (sliding == null) {
            requireFullAttention();
            sliding = Collections.nCopies(layers, false);
        }
        for (Rope rope : ropes) context = Math.max(context, rope.longest());
        return new CausalConfig(
                modelType,
                vocabulary,
                width,
                layers,
                context,
                new Attention(
                        heads,
                        keyValueHeads,
                        headWidth,
                        projection,
                        attentionBias,
                        outputBias,
                        attentionScale,
                        scaleByLayer,
                        softCap,
                        queryNorm),
                new FeedForward(inner, activation, gated, fusedGate, feedForwardBias),
                new Norms(layerNorm, epsilon, normOffset, normBefore, normAfter),
                new Scales(embeddingScale, residualScale, logitScale, logitCap),
                names,
                ropes,
                List.copyOf(ropeOf),
                window,
                List.copyOf(sliding),
                parallel,
                tied,
                transposed,
                json.token("eos_token_id", Math.min(end, vocabulary - 1), vocabulary));
    }
}
