package io.lorahub.engine.model.format;

import ai.djl.ndarray.NDList;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.engine.PtNDManager;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Inputs for the encoder and labels, shifted by one position, for the decoder.
 *
 * @param pad       fills up the tokens of a group
 * @param start     the token that labels are shifted behind
 * @param groupCost cost of an additional group, in padded tokens
 * @param biasMaker computes the attention biases
 */
record EncoderDecoderFormat(long pad, long start, double groupCost, BiasMaker biasMaker) implements ExampleFormat {

    private static final List<String> BIASES = List.of("encoder", "decoder", "cross");

    @Override
    public Size size(List<int[]> inputs, List<int[]> labels, boolean separate) {
        PackedExamples packed = PackedExamples.of(inputs, labels, pad, groupCost);
        return new Size(
                packed.inputs().length,
                packed.labels().length,
                Arrays.stream(packed.ofEach(1)).map(length -> length * length).sum());
    }

    @Override
    public Examples examples(PtNDManager manager, List<int[]> inputs, List<int[]> labels, boolean separate) {
        PackedExamples packed = PackedExamples.of(inputs, labels, pad, groupCost);
        Map<String, PtNDArray> tensors = new HashMap<>();
        tensors.put("inputs", longs(manager, packed.inputs()));
        tensors.put("shifted", longs(manager, packed.shifted(start)));
        tensors.put("labels", longs(manager, packed.labels()));
        NDList biases =
                biasMaker.biases((PtNDArray) manager.create(packed.padding(inputs)), longs(manager, packed.groups()));
        biases.attach(manager);
        for (int i = 0; i < biases.size(); i++) {
            tensors.put(BIASES.get(i % 3) + "." + i / 3, (PtNDArray) biases.get(i));
        }
        return new Examples(
                manager,
                new Examples.Packing(
                        inputs.size(),
                        packed.inputs().length,
                        0,
                        packed.example(),
                        Examples.Runs.ofLengths(packed.order(), packed.ofEach(1), packed.ofEach(2)),
                        packed.groups()),
                tensors);
    }

    private static PtNDArray longs(PtNDManager manager, long[] values) {
        return (PtNDArray) manager.create(values, new Shape(values.length));
    }
}
