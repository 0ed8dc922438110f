package io.lorahub.web.chart;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.lorahub.web.chart.Chart.Kind;
import io.lorahub.web.chart.Chart.Point;
import io.lorahub.web.chart.Chart.Series;
import java.util.List;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;

class ChartTest {

    private static Chart chart(boolean logarithmic, Series... series) {
        return new Chart("Title", "unit", "{x}", 0, 10, 5, logarithmic, Chart.numbers(10), List.of(series));
    }

    @Test
    void on_a_logarithmic_scale_equal_ratios_are_equal_distances() {
        Chart chart =
                chart(true, new Series("", Kind.DOTS, List.of(new Point(0, 100), new Point(5, 10), new Point(10, 1))));

        assertThat(chart.rows()).extracting(Chart.Mark::label).containsExactly("1", "2", "5", "10", "20", "50", "100");
        List<Double> places = chart.rows().stream().map(Chart.Mark::at).toList();
        assertThat(places.get(3)).isCloseTo(50, Offset.offset(0.01));
        assertThat(places.get(0) - places.get(3)).isCloseTo(places.get(3) - places.get(6), Offset.offset(0.01));
        assertThat(chart.paths().get(0).d()).matches("M0 \\d+h0M500 500h0M1000 \\d+h0");
    }

    @Test
    void steps_hold_until_the_next_and_the_last_until_nothing_is_there_yet() {
        Chart chart = chart(false, new Series("best", Kind.STEPS, List.of(new Point(1, 20), new Point(3, 10))));

        assertThat(chart.paths().get(0).d()).matches("M100 \\d+H300V\\d+H500");
    }

    @Test
    void bars_stand_on_the_axis_and_many_grid_lines_are_thinned_out() {
        Chart bars = chart(false, new Series("downloads", Kind.BARS, List.of(new Point(2, 4))));
        assertThat(bars.paths().get(0).d()).matches("M200 1000V\\d\\d");
        assertThat(bars.rows()).extracting(Chart.Mark::label).containsExactly("1", "2");

        Chart wide = chart(true, new Series("", Kind.DOTS, List.of(new Point(0, 1e-6), new Point(1, 1e6))));
        assertThat(wide.rows())
                .extracting(Chart.Mark::label)
                .allMatch(label -> label.matches("10*|0\\.0*1|1\\.0E-\\d"));
    }

    @Test
    void the_script_gets_points_and_labels_as_pairs() throws JsonProcessingException {
        JsonNode json = new ObjectMapper()
                .readTree(chart(true, new Series("best", Kind.STEPS, List.of(new Point(1, 0.5))))
                        .json());

        assertThat(json.at("/series/0/points/0/1").asDouble()).isEqualTo(0.5);
        assertThat(json.at("/series/0/kind").asText()).isEqualTo("steps");
        assertThat(json.at("/columns/0/1").asText()).isEqualTo("2");
    }
}
