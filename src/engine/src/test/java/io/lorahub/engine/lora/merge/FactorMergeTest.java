package io.lorahub.engine.lora.merge;

import static io.lorahub.testsupport.AdapterBuilder.anAdapter;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.lorahub.engine.error.EngineException;
import io.lorahub.engine.lora.LoraAdapter;
import io.lorahub.engine.lora.check.LoraModule;
import io.lorahub.testsupport.Deltas;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FactorMergeTest {

    private static final String Q = "encoder.block.0.layer.0.SelfAttention.q";
    private static final String K = "encoder.block.0.layer.0.SelfAttention.k";

    @TempDir
    Path dir;

    @Test
    void the_factors_are_added_and_the_first_scale_counts() {
        LoraAdapter x = anAdapter().withAlpha(3).adapting(Q).loadedFrom(dir, "x");
        LoraAdapter y = anAdapter().withAlpha(8).seeded(5).adapting(Q).loadedFrom(dir, "y");
        LoraModule merged = FactorMerge.of(List.of(new WeightedAdapter(x, 0.5), new WeightedAdapter(y, -2)))
                .get(Q);
        assertThat(merged.scale()).isEqualTo(1.5);
        float[] xa = x.modules().get(Q).a().toFloats();
        float[] ya = y.modules().get(Q).a().toFloats();
        float[] a = merged.a().toFloats();
        for (int i = 0; i < a.length; i++) assertThat(a[i]).isCloseTo(0.5f * xa[i] - 2 * ya[i], within(1e-5f));
    }

    @Test
    void one_adapter_alone_scales_as_the_square_of_its_weight() {
        LoraAdapter x = anAdapter().adapting(Q).loadedFrom(dir, "x");
        LoraModule merged = FactorMerge.of(List.of(new WeightedAdapter(x, -3))).get(Q);
        double[][] nineTimes =
                Deltas.sum(Deltas.zero(4, 6), 9, Deltas.of(x.modules().get(Q)));
        assertThat(Deltas.relativeDifference(Deltas.of(merged), nineTimes)).isLessThan(1e-6);
    }

    @Test
    void different_ranks_are_refused_by_name() {
        refused(
                anAdapter().adapting(Q).loadedFrom(dir, "one"),
                anAdapter().ofRank(3).adapting(Q).loadedFrom(dir, "two"),
                "ranks of " + Q + " are 2 and 3");
    }

    @Test
    void different_modules_are_refused_by_name() {
        refused(
                anAdapter().adapting(Q).loadedFrom(dir, "one"),
                anAdapter().adapting(Q, K).loadedFrom(dir, "two"),
                "different modules");
    }

    @Test
    void a_bias_in_only_one_is_refused_by_name() {
        refused(
                anAdapter().adapting(Q).loadedFrom(dir, "one"),
                anAdapter().withBiases().adapting(Q).loadedFrom(dir, "two"),
                "bias");
    }

    private static void refused(LoraAdapter one, LoraAdapter two, String why) {
        assertThatThrownBy(() -> FactorMerge.of(List.of(new WeightedAdapter(one, 1), new WeightedAdapter(two, 1))))
                .isInstanceOf(EngineException.class)
                .hasMessageContainingAll("one", "two", why);
    }
}
