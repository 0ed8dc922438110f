package io.lorahub.bench.search;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.lorahub.bench.BenchLine;
import io.lorahub.demo.DemoHub;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/**
 * The demo on the real SmolLM2-135M-Instruct. {@code ./lorahub test --interop} makes its folder with save_base.py of the
 * demo.
 */
class Smollm2DemoInterop {

    private static final Path BASE = Path.of(System.getProperty("lorahub.interop"), "smollm2");

    @Test
    void a_composed_mix_is_better_than_the_best_single_adapter() throws Exception {
        String task = DemoHub.open(DemoHub.SMOLLM2).tasks().get(0).name();
        JsonNode json = BenchLine.run(
                        "search",
                        "--demo",
                        "smollm2",
                        "--base",
                        BASE.toString(),
                        "--tasks",
                        task,
                        "--strategy",
                        "margins",
                        "--budget",
                        "40",
                        "--draws",
                        "1",
                        "--json")
                .json();

        double composed = json.at("/runs/0/exact_match").asDouble();
        json.path("controls")
                .forEach(control -> assertThat(control.path("exact_match").asDouble())
                        .as(control.path("control").asText())
                        .isLessThan(composed));
    }
}
