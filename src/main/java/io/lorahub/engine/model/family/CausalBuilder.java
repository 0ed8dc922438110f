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
    ModuleNames names = ModuleNames.LLAMA;
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
        b.layers = b.json.positive("num_hidden_layers", 32);
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

    /** One rotary embedding for all layers. */
    CausalBuilder withRope(double theta, double partOfHead) {
        ropes = List.of(RopeReader.read(json, (int) (headWidth * partOfHead), context, theta));
        return this;
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
                slides.add(type.asText().equals(SLIDING) && positions > 0);
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

    CausalConfig build() {
        if (heads % keyValueHeads != 0) {
            throw new EngineException("%d attention heads cannot share %d key and value heads (config.json)."
                    .formatted(heads, keyValueHeads));
        }
        if (ropeOf == null) ropeOf = Collections.nCopies(layers, ropes.isEmpty() ? -1 : 0);
        if (sliding == null) sliding = Collections.nCopies(layers, false);
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
