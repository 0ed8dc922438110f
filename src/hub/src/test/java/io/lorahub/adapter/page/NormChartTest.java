package io.lorahub.adapter.page;

import static org.assertj.core.api.Assertions.assertThat;

import io.lorahub.adapter.Layer;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class NormChartTest {

    @Test
    void each_block_has_a_cell_for_each_target() {
        NormChart chart = NormChart.of(List.of(
                new Layer("layers.10.q", 8, 1.5), new Layer("layers.9.q", 8, 3), new Layer("layers.9.v", 8, 0.75)));

        assertThat(chart.targets()).containsExactlyInAnyOrder("q", "v");
        assertThat(chart.rows()).extracting(NormChart.Row::block).containsExactly("layers.9", "layers.10");
        assertThat(chart.rows().get(1).cells()).containsExactlyInAnyOrder(new NormChart.Cell(1.5, "50.0%"), null);
        assertThat(chart.tooLarge()).isFalse();
    }

    @Test
    void nothing_is_drawn_of_an_adapter_with_very_many_cells() {
        List<Layer> layers = IntStream.rangeClosed(0, 2000)
                .mapToObj(i -> new Layer("b%d.t".formatted(i), 8, 1))
                .toList();

        NormChart chart = NormChart.of(layers);

        assertThat(chart.tooLarge()).isTrue();
        assertThat(chart.rows()).isEmpty();
    }
}
