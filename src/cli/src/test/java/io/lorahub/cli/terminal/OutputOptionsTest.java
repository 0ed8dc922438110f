package io.lorahub.cli.terminal;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import org.junit.jupiter.api.Test;

class OutputOptionsTest {

    @Test
    void non_finite_numbers_are_null_and_named() {
        ObjectNode tree =
                new ObjectMapper().createObjectNode().put("loss", Double.NaN).put("word", "NaN");
        tree.putObject("controls")
                .putObject("base")
                .put("loss", Float.POSITIVE_INFINITY)
                .put("objective", 1.5);
        tree.putArray("example_losses").add(0.5).add(Double.NEGATIVE_INFINITY);

        assertThat(OutputOptions.withoutNonFinite(tree))
                .containsExactly("loss", "controls.base.loss", "example_losses[1]");
        assertThat(tree)
                .hasToString(
                        "{\"loss\":null,\"word\":\"NaN\",\"controls\":{\"base\":{\"loss\":null,\"objective\":1.5}},"
                                + "\"example_losses\":[0.5,null]}");
    }
}
