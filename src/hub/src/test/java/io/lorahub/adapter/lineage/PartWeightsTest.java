package io.lorahub.adapter.lineage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class PartWeightsTest {

    private static Map<String, Double> thirds(double first, double middle, double last) {
        Map<String, Double> weights = new LinkedHashMap<>();
        weights.put("first", first);
        weights.put("middle", middle);
        weights.put("last", last);
        return weights;
    }

    private static Map<String, Double> whole(double weight) {
        return Map.of(PartWeights.ALL, weight);
    }

    @Test
    void a_part_adds_its_weight_times_its_norm() {
        Map<String, PartWeights> parts = PartWeights.of(
                Map.of("quiet", whole(1.2), "loud", whole(-0.6), "slight", whole(0.1)),
                Map.of("quiet", 2.0, "loud", 8.0, "slight", 4.0)::get);

        assertThat(parts.keySet()).containsExactly("loud", "quiet", "slight");
        assertThat(parts.get("loud").contribution()).isEqualTo(1);
        assertThat(parts.get("quiet").contribution()).isCloseTo(0.5, within(1e-12));
        assertThat(parts.get("slight").contribution()).isCloseTo(1 / 12.0, within(1e-12));
        assertThat(parts.values()).extracting(PartWeights::isSlight).containsExactly(false, false, true);
    }

    @Test
    void weights_of_groups_count_by_their_root_mean_square() {
        Map<String, PartWeights> parts = PartWeights.of(
                Map.of("even", thirds(1, 1, 1), "deep", thirds(0, 0, 0.3), "flat", thirds(0.2, 0.2, 0.2)), part -> 1.0);

        assertThat(parts.keySet()).containsExactly("even", "flat", "deep");
        assertThat(parts.get("deep").contribution()).isCloseTo(0.3 / Math.sqrt(3), within(1e-12));
    }

    @Test
    void without_the_norm_of_one_used_part_weights_alone_are_compared() {
        Map<String, Double> norms = Map.of("known", 100.0);

        assertThat(PartWeights.of(Map.of("known", whole(0.05), "unknown", whole(1)), norms::get)
                        .get("known")
                        .isSlight())
                .isTrue();
        assertThat(PartWeights.of(Map.of("known", whole(0.05), "unknown", whole(0)), norms::get)
                        .get("known")
                        .contribution())
                .isEqualTo(1);
    }

    @Test
    void of_many_equal_parts_none_is_slight_and_of_parts_of_weight_0_each() {
        Map<Integer, Map<String, Double>> many = new LinkedHashMap<>();
        for (int i = 0; i < 200; i++) many.put(i, whole(0.005));
        assertThat(PartWeights.of(many, part -> 1.0).values()).noneMatch(PartWeights::isSlight);

        Map<Integer, PartWeights> none = PartWeights.of(Map.of(1, whole(0), 2, whole(-0.0)), part -> null);
        assertThat(none.values()).allMatch(PartWeights::isSlight).noneMatch(PartWeights::isUsed);
        assertThat(PartWeights.main(List.copyOf(none.values()), part -> part)).isEmpty();
    }

    @Test
    void weights_are_written_with_their_groups() {
        PartWeights thirds = new PartWeights(thirds(1.078, -1.116, 0), 1);
        PartWeights whole = new PartWeights(whole(-0.75), 1);

        assertThat(thirds.text()).isEqualTo("first +1.078, middle −1.116, last 0.000");
        assertThat(thirds.brief()).isEqualTo("weights −1.116 to +1.078");
        assertThat(thirds.headings()).containsExactly("first", "middle", "last");
        assertThat(thirds.farthest()).isEqualTo(-1.116);
        assertThat(whole.text()).isEqualTo("−0.750");
        assertThat(whole.brief()).isEqualTo("weight −0.750");
        assertThat(whole.headings()).containsExactly("Weight");
    }
}
