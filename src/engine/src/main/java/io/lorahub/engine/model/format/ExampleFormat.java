package io.lorahub.engine.model.format;

import ai.djl.ndarray.NDList;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.engine.PtNDManager;
import io.lorahub.engine.model.family.CausalConfig;
import io.lorahub.engine.model.family.ModelConfig;
import java.util.List;

/** Turns token ids into the tensors that the program of an architecture reads. */
public interface ExampleFormat {

    /** Cost of one more group of examples, apart from its tokens, in operations: its calls into libtorch. */
    double GROUP_OPERATIONS = 2e7;

    /** Computes the attention biases of all groups: encoder, decoder and cross for each. */
    interface BiasMaker {
        NDList biases(PtNDArray padding, PtNDArray groups);
    }

    /** @param biases computes the attention biases of an encoder-decoder model */
    static ExampleFormat of(ModelConfig config, BiasMaker biases) {
        return switch (config.architecture()) {
            case DECODER_ONLY ->
                new DecoderOnlyFormat((CausalConfig) config, GROUP_OPERATIONS / (2 * config.parameters()));
            case ENCODER_DECODER ->
                new EncoderDecoderFormat(
                        config.pad(),
                        config.startToken().orElseThrow(),
                        GROUP_OPERATIONS / (config.parameters() / 1.5),
                        biases);
        };
    }

    /**
     * How much there is to compute for packed examples.
     *
     * @param inputTokens number of packed tokens that the model reads before the labels, including padding
     * @param labelTokens number of packed labels, including padding
     * @param pairs       pairs of a token of an input and one that it attends to, including padding
     */
    record Size(int inputTokens, int labelTokens, long pairs) {}

    /** The size that such examples would have. */
    Size size(List<int[]> inputs, List<int[]> labels, boolean separate);

    /**
     * Packs examples to be scored with little padding.
     *
     * @param manager  owned by the examples
     * @param separate whether tokens that all inputs begin with are packed with each, see {@link Examples#areSeparate}
     */
    Examples examples(PtNDManager manager, List<int[]> inputs, List<int[]> labels, boolean separate);
}
