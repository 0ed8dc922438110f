package io.lorahub.engine.model.format;

import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.engine.PtNDManager;
import java.util.List;
import java.util.Map;

/** Turns token ids into the tensors that the program of an architecture reads. */
public interface ExampleFormat {

    /**
     * Packs examples to be scored with little padding.
     *
     * @param manager owned by the examples
     */
    Examples examples(PtNDManager manager, List<int[]> inputs, List<int[]> labels);

    /**
     * Packs inputs for generation.
     *
     * @param limit maximum number of tokens to be generated for each
     */
    Prompts prompts(PtNDManager scope, List<int[]> inputs, int limit);

    /**
     * Inputs for generation.
     *
     * @param tensors the program's tensors by name
     * @param groups  the program's description of the groups
     * @param order   the input that each generated row belongs to
     */
    record Prompts(Map<String, PtNDArray> tensors, long[] groups, int[] order) {}
}
