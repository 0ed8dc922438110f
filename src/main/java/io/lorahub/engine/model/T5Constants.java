package io.lorahub.engine.model;

import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The literals that replace {@code self.<name>} in torchscript/t5.py, which makes it the program of one model. */
final class T5Constants {

    /**
     * Number of logits computed at once. Fewer give small matrix products; more use additional memory without benefit.
     */
    private static final long LOGIT_ELEMENTS = 8_000_000;

    /** Number of logits computed at once if autograd keeps several such tensors and memory is short. */
    private static final long LEAN_LOGIT_ELEMENTS = 1_000_000;

    /**
     * Maximum number of elements of changed weights that are kept for the steps of generation. Beyond it, each step
     * applies the factors to its few tokens, because the changed weights of a large model take as much memory as the
     * model.
     */
    private static final long FORMED_ELEMENTS = 64_000_000;

    private T5Constants() {}

    static Map<String, Object> of(T5Config c, GenerationSettings generation, Precision precision, boolean gpu) {
        Map<String, Object> constants = new HashMap<>();
        constants.put("dtype", precision.code());
        boolean oneDnn = !gpu && precision == Precision.FLOAT32 && Processor.mklIsSlow();
        boolean bfloat16 = !gpu && precision == Precision.BFLOAT16;
        constants.put("onednn", oneDnn);
        constants.put("step_by_step", bfloat16);
        constants.put(
                "fused_gelu", c.activation().equals("gelu_new") && (oneDnn || bfloat16 && Processor.hasBfloat16()));
        constants.put("heads", (long) c.heads());
        constants.put("width", (long) c.dKv());
        constants.put("layers", (long) c.layers());
        constants.put("decoder_layers", (long) c.decoderLayers());
        constants.put("epsilon", c.epsilon());
        constants.put("gated", c.gated());
        constants.put(
                "activation", (long) List.of("relu", "gelu_new", "gelu", "silu").indexOf(c.activation()));
        constants.put("scaled", c.scaled());
        constants.put("output_scale", Math.pow(c.dModel(), -0.5));
        constants.put("position_buckets", (long) c.buckets());
        constants.put("position_distance", (long) c.maxDistance());
        constants.put("lowest", (double) -Float.MAX_VALUE);
        constants.put("pad", (long) c.pad());
        constants.put("start", (long) generation.start());
        constants.put("vocabulary", (long) c.vocabulary());
        constants.put("logit_elements", LOGIT_ELEMENTS);
        constants.put("formed_elements", FORMED_ELEMENTS);
        constants.put("lean_logit_elements", LEAN_LOGIT_ELEMENTS);
        return constants;
    }
}
