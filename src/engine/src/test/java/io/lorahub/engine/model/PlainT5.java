package io.lorahub.engine.model;

import io.lorahub.engine.lora.LoraAdapter;
import io.lorahub.engine.lora.check.LoraModule;
import io.lorahub.engine.model.family.T5Config;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** T5 as described by its paper and transformers, in float64 and unoptimised, to compare the engine's program with. */
final class PlainT5 {

    private final T5Config config;
    private final Map<String, double[][]> weights = new HashMap<>();

    PlainT5(BaseModel base) {
        config = (T5Config) base.config();
        config.shapes().forEach((name, shape) -> {
            int columns = (int) shape[shape.length - 1];
            float[] values = base.weights().tensor(name).toFloats();
            double[][] matrix = new double[values.length / columns][columns];
            for (int i = 0; i < values.length; i++) matrix[i / columns][i % columns] = values[i];
            weights.put(name, matrix);
        });
        weights.putIfAbsent("lm_head.weight", weights.get("shared.weight"));
    }

    /** With ΔW = w·s·B·A added to a copy of each weight. */
    private PlainT5(PlainT5 base, List<LoraAdapter> adapters, double[] mix) {
        config = base.config;
        weights.putAll(base.weights);
        for (int i = 0; i < mix.length; i++) {
            for (LoraModule module : adapters.get(i).modules().values()) {
                weights.computeIfPresent(module.name() + ".weight", (name, w) -> copy(w));
            }
        }
        for (int i = 0; i < mix.length; i++) {
            for (LoraModule m : adapters.get(i).modules().values()) {
                double[][] w = weights.get(m.name() + ".weight");
                float[] a = m.a().toFloats();
                float[] b = m.b().toFloats();
                for (int o = 0; o < m.out(); o++) {
                    for (int k = 0; k < m.rank(); k++) {
                        double factor = mix[i] * m.scale() * b[o * m.rank() + k];
                        for (int j = 0; j < m.in(); j++) w[o][j] += factor * a[k * m.in() + j];
                    }
                }
            }
        }
    }

    private static double[][] copy(double[][] matrix) {
        double[][] copy = new double[matrix.length][];
        for (int i = 0; i < copy.length; i++) copy[i] = matrix[i].clone();
        return copy;
    }

    PlainT5 with(List<LoraAdapter> adapters, double[] mix) {
        return new PlainT5(this, adapters, mix);
    }

    /** Mean over the examples of the example's mean token loss. */
    double loss(List<int[]> inputs, List<int[]> labels) {
        double sum = 0;
        for (int i = 0; i < inputs.size(); i++) {
            double own = 0;
            for (double loss : tokenLosses(inputs.get(i), labels.get(i))) own += loss;
            sum += own / labels.get(i).length;
        }
        return sum / inputs.size();
    }

    List<Double> tokenLosses(int[] input, int[] label) {
        double[][] encoded = stack("encoder", embedded(input), config.layers(), null);
        int[] shifted = new int[label.length];
        shifted[0] = config.start();
        System.arraycopy(label, 0, shifted, 1, label.length - 1);
        double[][] decoded = stack("decoder", embedded(shifted), config.decoderLayers(), encoded);
        List<Double> losses = new ArrayList<>();
        double[][] logits = times(decoded, "lm_head.weight");
        for (int t = 0; t < label.length; t++) {
            double scale = config.scaled() ? Math.pow(config.dModel(), -0.5) : 1;
            double most = Double.NEGATIVE_INFINITY;
            for (double logit : logits[t]) most = Math.max(most, scale * logit);
            double sum = 0;
            for (double logit : logits[t]) sum += Math.exp(scale * logit - most);
            losses.add(most + Math.log(sum) - scale * logits[t][label[t]]);
        }
        return losses;
    }

    private double[][] embedded(int[] ids) {
        double[][] x = new double[ids.length][];
        for (int t = 0; t < ids.length; t++) x[t] = weights.get("shared.weight")[ids[t]].clone();
        return x;
    }

    private double[][] stack(String stack, double[][] x, int layers, double[][] encoded) {
        boolean decoder = encoded != null;
        for (int i = 0; i < layers; i++) {
            String block = stack + ".block." + i + ".layer.";
            double[][] normed = norm(x, block + "0.layer_norm");
            add(x, attention(block + "0.SelfAttention.", normed, normed, stack, decoder));
            if (decoder) {
                add(x, attention(block + "1.EncDecAttention.", norm(x, block + "1.layer_norm"), encoded, null, false));
            }
            String last = block + (decoder ? "2" : "1");
            add(x, feedForward(last + ".DenseReluDense.", norm(x, last + ".layer_norm")));
        }
        return norm(x, stack + ".final_layer_norm");
    }

    /** @param biased the stack whose position biases are added; null: none */
    private double[][] attention(String name, double[][] x, double[][] read, String biased, boolean causal) {
        double[][] q = times(x, name + "q.weight");
        double[][] k = times(read, name + "k.weight");
        double[][] v = times(read, name + "v.weight");
        double[][] context = new double[x.length][config.inner()];
        for (int head = 0; head < config.heads(); head++) {
            int from = head * config.dKv();
            for (int i = 0; i < x.length; i++) {
                int keys = causal ? i + 1 : read.length;
                double[] scores = new double[keys];
                double sum = 0;
                for (int j = 0; j < keys; j++) {
                    for (int d = from; d < from + config.dKv(); d++) scores[j] += q[i][d] * k[j][d];
                    if (biased != null) scores[j] += bias(biased, j - i, causal)[head];
                    scores[j] = Math.exp(scores[j]);
                    sum += scores[j];
                }
                for (int j = 0; j < keys; j++) {
                    for (int d = from; d < from + config.dKv(); d++) context[i][d] += scores[j] / sum * v[j][d];
                }
            }
        }
        return times(context, name + "o.weight");
    }

    private double[] bias(String stack, int distance, boolean causal) {
        int buckets = causal ? config.buckets() : config.buckets() / 2;
        int first = !causal && distance > 0 ? buckets : 0;
        int n = causal ? Math.max(-distance, 0) : Math.abs(distance);
        int exact = buckets / 2;
        int bucket = n < exact
                ? n
                : Math.min(
                        buckets - 1,
                        exact
                                + (int) (Math.log((double) n / exact)
                                        / Math.log((double) config.maxDistance() / exact)
                                        * (buckets - exact)));
        return weights.get(stack + ".block.0.layer.0.SelfAttention.relative_attention_bias.weight")[first + bucket];
    }

    private double[][] feedForward(String name, double[][] x) {
        double[][] inner = times(x, name + (config.gated() ? "wi_0" : "wi") + ".weight");
        double[][] linear = config.gated() ? times(x, name + "wi_1.weight") : null;
        for (int t = 0; t < inner.length; t++) {
            for (int i = 0; i < inner[t].length; i++) {
                inner[t][i] = activated(inner[t][i]) * (linear == null ? 1 : linear[t][i]);
            }
        }
        return times(inner, name + "wo.weight");
    }

    private double activated(double x) {
        return switch (config.activation()) {
            case "relu" -> Math.max(0, x);
            case "gelu_new" -> 0.5 * x * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (x + 0.044715 * x * x * x)));
            default -> throw new IllegalArgumentException(config.activation());
        };
    }

    private double[][] norm(double[][] x, String name) {
        double[] weight = weights.get(name + ".weight")[0];
        double[][] normed = new double[x.length][weight.length];
        for (int t = 0; t < x.length; t++) {
            double squares = 0;
            for (double value : x[t]) squares += value * value;
            double scale = 1 / Math.sqrt(squares / weight.length + config.epsilon());
            for (int i = 0; i < weight.length; i++) normed[t][i] = x[t][i] * scale * weight[i];
        }
        return normed;
    }

    /** x [tokens, in] by the transpose of a weight [out, in]. */
    private double[][] times(double[][] x, String name) {
        double[][] w = weights.get(name);
        double[][] y = new double[x.length][w.length];
        for (int t = 0; t < x.length; t++) {
            for (int o = 0; o < w.length; o++) {
                for (int i = 0; i < x[t].length; i++) y[t][o] += x[t][i] * w[o][i];
            }
        }
        return y;
    }

    private static void add(double[][] x, double[][] y) {
        for (int t = 0; t < x.length; t++) {
            for (int i = 0; i < x[t].length; i++) x[t][i] += y[t][i];
        }
    }
}
