package io.lorahub.engine.fingerprint;

import io.lorahub.engine.lora.LoraAdapter;
import io.lorahub.engine.lora.check.LoraModule;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** Computes the inner products of the ΔW of several adapters, summed over their modules, without forming any ΔW. */
public final class InnerProducts {

    private InnerProducts() {}

    /**
     * Returns estimates that are the same on every machine. With m modules, the error of the cosine between two
     * adapters is about 1/√(32·m).
     *
     * @return [adapters, adapters], times a common factor
     */
    public static double[][] of(List<LoraAdapter> adapters) {
        List<Map<Long, double[]>> sketches =
                adapters.parallelStream().map(InnerProducts::sketches).toList();
        int n = adapters.size();
        double[][] products = new double[n][n];
        for (int i = 0; i < n; i++) {
            for (int j = 0; j <= i; j++) {
                products[i][j] = product(sketches.get(i), sketches.get(j));
                products[j][i] = products[i][j];
            }
        }
        return products;
    }

    private static Map<Long, double[]> sketches(LoraAdapter adapter) {
        Map<Long, double[]> sketches = new TreeMap<>(
                adapter.modules().values().stream().collect(Collectors.toMap(ModulePrint::key, InnerProducts::sketch)));
        adapter.release();
        return sketches;
    }

    private static double[] sketch(LoraModule module) {
        double[] values = Sketch.values(module, ModulePrint.key(module));
        for (int i = 0; i < values.length; i++) values[i] *= module.scale();
        return values;
    }

    private static double product(Map<Long, double[]> first, Map<Long, double[]> second) {
        double sum = 0;
        for (Map.Entry<Long, double[]> module : first.entrySet()) {
            double[] other = second.get(module.getKey());
            for (int i = 0; other != null && i < other.length; i++) {
                sum += module.getValue()[i] * other[i];
            }
        }
        return sum;
    }
}
