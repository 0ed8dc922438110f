package io.lorahub.engine.model;

import java.util.LinkedHashMap;
import java.util.Map;

/** The tensors of a T5 model by their Hugging Face names. */
public final class T5Layout {

    private T5Layout() {}

    /** Returns all tensors that the model needs, with their shapes. Linear layers are [out, in]. */
    public static Map<String, long[]> shapes(T5Config c) {
        Map<String, long[]> shapes = new LinkedHashMap<>();
        shapes.put("shared.weight", new long[] {c.vocabulary(), c.dModel()});
        if (!c.tied()) {
            shapes.put("lm_head.weight", new long[] {c.vocabulary(), c.dModel()});
        }
        stack(c, "encoder", c.layers(), shapes);
        stack(c, "decoder", c.decoderLayers(), shapes);
        return shapes;
    }

    /**
     * Returns the shapes of the modules that adapters may change. The output layer is included even if it is tied: its
     * weight is then the input embedding's, but an adapter changes only the output.
     */
    public static Map<String, long[]> modules(T5Config c) {
        Map<String, long[]> modules = new LinkedHashMap<>();
        shapes(c).forEach((tensor, shape) -> {
            if (shape.length == 2) modules.put(tensor.substring(0, tensor.length() - ".weight".length()), shape);
        });
        modules.put("lm_head", new long[] {c.vocabulary(), c.dModel()});
        return modules;
    }

    /** Number of parameters that every token is multiplied by: all matrices except the input embedding. */
    static double parameters(T5Config config) {
        return shapes(config).entrySet().stream()
                .filter(e -> e.getValue().length == 2 && !e.getKey().startsWith("shared"))
                .mapToDouble(e -> (double) e.getValue()[0] * e.getValue()[1])
                .sum();
    }

    private static void stack(T5Config c, String stack, int layers, Map<String, long[]> shapes) {
        boolean decoder = stack.equals("decoder");
        for (int i = 0; i < layers; i++) {
            String block = stack + ".block." + i + ".layer.";
            attention(c, block + "0", "SelfAttention", shapes);
            if (i == 0) {
                shapes.put(
                        block + "0.SelfAttention.relative_attention_bias.weight", new long[] {c.buckets(), c.heads()});
            }
            if (decoder) {
                attention(c, block + "1", "EncDecAttention", shapes);
            }
            String last = block + (decoder ? "2" : "1");
            shapes.put(last + ".layer_norm.weight", new long[] {c.dModel()});
            for (String in : c.gated() ? new String[] {"wi_0", "wi_1"} : new String[] {"wi"}) {
                shapes.put(last + ".DenseReluDense." + in + ".weight", new long[] {c.dFf(), c.dModel()});
            }
            shapes.put(last + ".DenseReluDense.wo.weight", new long[] {c.dModel(), c.dFf()});
        }
        shapes.put(stack + ".final_layer_norm.weight", new long[] {c.dModel()});
    }

    private static void attention(T5Config c, String layer, String kind, Map<String, long[]> shapes) {
        shapes.put(layer + ".layer_norm.weight", new long[] {c.dModel()});
        for (String projection : new String[] {"q", "k", "v"}) {
            shapes.put(layer + "." + kind + "." + projection + ".weight", new long[] {c.inner(), c.dModel()});
        }
        shapes.put(layer + "." + kind + ".o.weight", new long[] {c.dModel(), c.inner()});
    }
}
