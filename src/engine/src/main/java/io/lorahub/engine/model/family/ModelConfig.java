package io.lorahub.engine.model.family;

import io.lorahub.engine.lora.merge.KeptModules;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;

/**
 * Everything that the engine needs to know about one model: its sizes, its tensors and modules with their Hugging Face
 * names, and the constants of its program. Each family reads its own from config.json, see {@link ModelFamilies}.
 */
public interface ModelConfig {

    /** {@code model_type} in config.json. */
    String modelType();

    Architecture architecture();

    /** The sizes in words, such as "12 layers, width 768, 12 heads, 50,257 tokens". */
    String summary();

    /** Number of token ids. */
    int vocabulary();

    /** Width of the states between layers. */
    int width();

    /** Layers of the deepest stack. */
    int depth();

    /** The token that ends a text, unless generation_config.json names others. */
    int end();

    /** The token that decoding begins with; empty if it begins with the input's tokens. */
    default OptionalInt startToken() {
        return OptionalInt.empty();
    }

    /** The token that fills up short inputs. It is never read. */
    default int pad() {
        return 0;
    }

    /** The largest number of tokens that the model has positions for; empty if positions are relative. */
    default OptionalInt context() {
        return OptionalInt.empty();
    }

    /** Length of the table of positions, after which the model can't write more; empty if it has none. */
    default OptionalInt learnedPositions() {
        return OptionalInt.empty();
    }

    /**
     * Number of tokens after which a text's earlier positions are computed again in another way; empty if never.
     */
    default OptionalInt turningPoint() {
        return OptionalInt.empty();
    }

    /** What the names of all tensors but the output layer begin with; empty if they have no common beginning. */
    default String prefix() {
        return "";
    }

    /** All tensors that the model needs, with the shapes that they have in the files. */
    Map<String, long[]> shapes();

    /**
     * The linear layers that adapters may change, as [out, in]. The output layer is included even if it is tied: its
     * weight is then the input embedding's, but an adapter changes only the output.
     */
    Map<String, long[]> modules();

    /** Linear layers that read the same and come one after the other, so that they can be computed as one. */
    default List<List<String>> joins() {
        return List.of();
    }

    /** The modules with a matrix of embeddings, which adapters cannot change. */
    Set<String> tables();

    /** Whether an adapter can replace the module as a whole: an embedding or the output layer, by its own name. */
    default boolean canBeReplaced(String module) {
        return module.equals(outputLayer()) || tables().contains(module);
    }

    /** Name of the module that looks up input tokens. */
    String embedding();

    /** Name of the module that computes the logits. */
    String outputLayer();

    /** Whether the weight of the output layer is the input embedding. */
    boolean tied();

    /** The modules that share one weight; empty if they don't. */
    default Optional<KeptModules.Tied> tiedModules() {
        return tied() ? Optional.of(new KeptModules.Tied(embedding(), outputLayer())) : Optional.empty();
    }

    /**
     * The factor on the last states of a tied model that an untied one would not have. Writing the output layer as a
     * weight of its own must include it.
     */
    default double tiedScale() {
        return 1;
    }

    /**
     * What a layer of the decoder keeps of each token that it has read: a key and a value for each head.
     *
     * @param layers of the decoder
     * @param heads  with keys and values of their own
     * @param width  of a head
     */
    record KeysAndValues(int layers, int heads, int width) {
        /** Numbers that are kept of a token. */
        public long perToken() {
            return 2L * layers * heads * width;
        }
    }

    KeysAndValues keysAndValues();

    /** Whether the weight of a module is stored as [in, out] (transformers' Conv1D). */
    default boolean isTransposed(String module) {
        return false;
    }

    /** Whether a tensor is the weight of a root mean square norm. */
    boolean isNorm(String tensor);

    /** What the norms add to their weight: 1 in Gemma. */
    default double normOffset() {
        return 0;
    }

    /** Additional tensors of the program by name, in float32. */
    Map<String, float[]> programTensors();

    /** Literals that replace {@code self.<name>} in the program: Long, Double, Boolean, String or a list of Long. */
    Map<String, Object> constants();

    /** Whether a module reads all tokens of the inputs, and not only those that are scored. */
    boolean readsInputs(String module);

    /**
     * Number of values that autograd keeps for the backward pass.
     *
     * @param inputTokens tokens of the inputs; for a decoder-only model all tokens
     * @param labelTokens tokens that are scored
     */
    double activations(int inputTokens, int labelTokens);

    /**
     * Number of values in memory at once while a gradient is computed with each layer's activations computed once more on
     * the way back: what enters each layer, and one layer with its derivatives. A pass without a gradient needs fewer.
     *
     * @param pairs pairs of a token and one that it attends to, in all examples; for an encoder-decoder model of the inputs
     */
    double passValues(int inputTokens, int labelTokens, long pairs);

    /** Number of parameters that tokens are multiplied by: all matrices except the input embedding. */
    default double parameters() {
        return shapes().entrySet().stream()
                .filter(e -> e.getValue().length == 2 && !e.getKey().equals(embedding() + ".weight"))
                .mapToDouble(e -> (double) e.getValue()[0] * e.getValue()[1])
                .sum();
    }
}
