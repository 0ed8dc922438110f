package io.lorahub.engine.model;

import io.lorahub.engine.lora.LoraAdapter;
import io.lorahub.testsupport.Reference;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Adapters with more rows in all than a module has inputs, and examples long enough to compute weights' derivatives first. */
class SeparateGradientsTest {

    private static List<int[]> texts(long seed, int shortest, int vocabulary) {
        Random random = new Random(seed);
        return IntStream.of(shortest, 2 * shortest, 2 * shortest, 2 * shortest + 3)
                .mapToObj(length -> random.ints(length, 3, vocabulary).toArray())
                .toList();
    }

    @ParameterizedTest
    @EnumSource(Precision.class)
    void all_adapters_of_the_demo(Precision precision) {
        List<LoraAdapter> adapters = LoraAdapter.loadAll(Reference.demoHub("adapters"));
        try (BaseModel base = BaseModel.open(Reference.demoHub("base"));
                LanguageModel model = LanguageModel.load(base, Compute.cpu().with(precision));
                AdapterBank bank = model.bank(adapters, ComposedWeights.EXACT)) {
            int vocabulary = base.config().vocabulary();
            List<double[]> vectors =
                    List.of(new Random(1).doubles(adapters.size(), -0.3, 0.3).toArray(), new double[adapters.size()]);
            SeparateGradients.check(
                    model,
                    bank,
                    texts(2, 120, vocabulary),
                    texts(3, 20, vocabulary),
                    vectors,
                    precision == Precision.FLOAT32 ? 1e-3 : 0.35); // by rounding, also of one example alone
        } finally {
            adapters.forEach(LoraAdapter::close);
        }
    }
}
