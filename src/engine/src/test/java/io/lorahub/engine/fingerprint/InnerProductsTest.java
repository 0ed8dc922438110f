package io.lorahub.engine.fingerprint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.lorahub.engine.lora.LoraAdapter;
import io.lorahub.engine.lora.check.LoraModule;
import io.lorahub.engine.lora.merge.ExactMerge;
import io.lorahub.engine.lora.merge.WeightedAdapter;
import io.lorahub.testsupport.Deltas;
import io.lorahub.testsupport.Reference;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Of the adapters of the demo hub, which have 24 modules: cosines are known to about 0.04. */
class InnerProductsTest {

    private static final double ERROR = 0.15;
    private static List<LoraAdapter> adapters;

    @BeforeAll
    static void load() {
        adapters = LoraAdapter.loadAll(Reference.demoHub("adapters"));
    }

    @AfterAll
    static void close() {
        adapters.forEach(LoraAdapter::close);
    }

    private static double exact(LoraAdapter x, LoraAdapter y) {
        double sum = 0;
        for (String name : x.modules().keySet()) {
            double[][] dx = Deltas.of(x.modules().get(name));
            double[][] dy = Deltas.of(y.modules().get(name));
            for (int o = 0; o < dx.length; o++) {
                for (int i = 0; i < dx[0].length; i++) sum += dx[o][i] * dy[o][i];
            }
        }
        return sum;
    }

    private static double cosine(double[][] products, int i, int j) {
        return products[i][j] / Math.sqrt(products[i][i] * products[j][j]);
    }

    private static LoraAdapter with(SortedMap<String, LoraModule> modules) {
        LoraAdapter first = adapters.get(0);
        return new LoraAdapter("other", first.path(), first.config(), modules, List.of(), Optional.empty());
    }

    @Test
    void cosines_are_those_of_the_weights() {
        List<LoraAdapter> some = adapters.subList(0, 8);
        double[][] products = InnerProducts.of(some);
        for (int i = 0; i < 8; i++) {
            for (int j = 0; j < 8; j++) {
                double norms = Math.sqrt(exact(some.get(i), some.get(i)) * exact(some.get(j), some.get(j)));
                double exact = exact(some.get(i), some.get(j)) / norms;
                assertThat(cosine(products, i, j)).isCloseTo(exact, within(ERROR));
            }
        }
    }

    @Test
    void a_multiple_has_all_of_its_products_multiplied() {
        LoraAdapter first = adapters.get(0);
        LoraAdapter fifth =
                with(ExactMerge.of(List.of(new WeightedAdapter(first, -0.2))).all());
        double[][] products = InnerProducts.of(List.of(first, fifth, adapters.get(1)));
        assertThat(products[0][1]).isCloseTo(-0.2 * products[0][0], within(1e-5 * products[0][0]));
        assertThat(products[1][2]).isCloseTo(-0.2 * products[0][2], within(1e-5 * products[0][0]));
    }

    @Test
    void modules_of_only_one_adapter_do_not_count() {
        LoraAdapter first = adapters.get(0);
        SortedMap<String, LoraModule> half = new TreeMap<>();
        first.modules().forEach((name, module) -> {
            if (half.size() < 12) half.put(name, module);
        });
        double[][] products = InnerProducts.of(List.of(first, with(half), with(new TreeMap<>())));
        assertThat(products[0][1]).isEqualTo(products[1][1]).isLessThan(products[0][0]);
        assertThat(products[2]).containsOnly(0);
    }
}
