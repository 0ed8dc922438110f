package io.lorahub.engine.model;

import io.lorahub.engine.model.family.ModelConfig;
import java.util.HashMap;
import java.util.Map;

/**
 * The literals that replace {@code self.<name>} in a program, which makes it the program of one model on one machine.
 */
final class ProgramConstants {

    /**
     * Number of logits computed at once. Fewer give small matrix products; more use additional memory without benefit.
     */
    private static final long LOGIT_ELEMENTS = 8_000_000;

    /**
     * Number of logits from which losses are computed at once on a CPU, whose caches then hold them in float32: three
     * times as fast as from all.
     */
    private static final long CACHED_LOGIT_ELEMENTS = 1_000_000;

    /** Number of logits computed at once if autograd keeps several such tensors and memory is short. */
    private static final long LEAN_LOGIT_ELEMENTS = 1_000_000;

    /**
     * Maximum number of elements of changed weights that are kept for the steps of decoding. Beyond it, each step
     * applies the factors to its few tokens, because the changed weights of a large model take as much memory as the
     * model.
     */
    private static final long FORMED_ELEMENTS = 64_000_000;

    /**
     * Maximum number of tokens for which a CPU multiplies by an adapter's factors in float32 where the model is bfloat16:
     * its products of few rows and a small rank take four times as long in bfloat16.
     */
    private static final long FLOAT_ROWS = 16;

    /** Outputs of a layer from which oneDNN is faster than MKL for a few tokens, and as fast for one. */
    private static final long WIDE = 1024;

    private ProgramConstants() {}

    static Map<String, Object> of(ModelConfig config, Precision precision, boolean gpu) {
        Map<String, Object> constants = new HashMap<>(config.constants());
        constants.put("dtype", precision.code());
        boolean oneDnn = !gpu && precision == Precision.FLOAT32 && Processor.mklIsSlow();
        boolean bfloat16 = !gpu && precision == Precision.BFLOAT16;
        constants.put("factor_type", decodingFactors(precision, gpu).code());
        constants.put("float_rows", FLOAT_ROWS);
        constants.put("onednn", oneDnn);
        constants.put("mkl", !gpu && precision == Precision.FLOAT32 && Processor.isIntel());
        constants.put("step_by_step", bfloat16);
        constants.put("fused", usesOneDnn(precision, gpu));
        constants.put("output_layer", config.outputLayer());
        constants.put("vocabulary", (long) config.vocabulary());
        constants.put("logit_elements", LOGIT_ELEMENTS);
        constants.put("cached_logit_elements", gpu ? LOGIT_ELEMENTS : CACHED_LOGIT_ELEMENTS);
        constants.put("formed_elements", FORMED_ELEMENTS);
        constants.put("layer_groups", (long) LayerGroups.THIRDS.size());
        constants.put("lean_logit_elements", LEAN_LOGIT_ELEMENTS);
        return constants;
    }

    /** The type of the factors that {@code decoding} stacks. */
    static Precision decodingFactors(Precision precision, boolean gpu) {
        return gpu ? precision : Precision.FLOAT32;
    }

    /** Whether a linear layer reads its weight faster in oneDNN's layout, for few tokens. */
    static boolean packs(Precision precision, boolean gpu, long outputs) {
        boolean wide = precision == Precision.FLOAT32 && outputs >= WIDE && Processor.isIntel();
        return !gpu && (wide || usesOneDnn(precision, gpu));
    }

    /** Whether oneDNN computes linear layers faster, also together with what follows them. */
    static boolean usesOneDnn(Precision precision, boolean gpu) {
        return !gpu && (precision == Precision.FLOAT32 ? Processor.mklIsSlow() : Processor.hasBfloat16());
    }
}
