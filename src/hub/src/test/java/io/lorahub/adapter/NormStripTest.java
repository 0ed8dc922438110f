package io.lorahub.adapter;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import org.junit.jupiter.api.Test;

class NormStripTest {

    private static final ObjectMapper JSON = new ObjectMapper();

    @Test
    void bars_stand_by_part_and_layer_and_tell_modules_apart() throws Exception {
        NormStrip strip = NormStrip.of(JSON.readTree("""
                {"layers": [
                  {"module": "decoder.block.0.layer.1.EncDecAttention.q", "norm": 1.0},
                  {"module": "decoder.block.0.layer.0.SelfAttention.v", "norm": 2.0},
                  {"module": "encoder.block.10.layer.0.SelfAttention.q", "norm": 4.0},
                  {"module": "encoder.block.2.layer.0.SelfAttention.q", "norm": 3.0}]}
                """));
        assertThat(strip.text()).isEqualTo("4 4.000 a75a100,b50,a25");
        assertThat(NormStrip.parse(strip.text())).isEqualTo(strip);
        assertThat(strip.dark()).startsWith("M0 23v-16.5h2.8V23z").doesNotContain("E");
        assertThat(strip.light()).isEqualTo("M11 23v-11h2.8V23z");
    }

    @Test
    void many_modules_share_bars() {
        ObjectNode facts = JsonNodeFactory.instance.objectNode();
        ArrayNode layers = facts.putArray("layers");
        for (int i = 0; i < 500; i++)
            layers.addObject().put("module", "m." + i + ".q").put("norm", i);
        NormStrip strip = NormStrip.of(facts);
        assertThat(strip.modules()).isEqualTo(500);
        assertThat(strip.groups().get(0)).hasSizeLessThanOrEqualTo(NormStrip.MOST_BARS);
    }

    @Test
    void facts_without_layers_give_no_bars() {
        NormStrip strip = NormStrip.of(JsonNodeFactory.instance.objectNode());
        assertThat(strip.isEmpty()).isTrue();
        assertThat(NormStrip.parse(strip.text())).isEqualTo(strip);
        assertThat(NormStrip.parse("").dark()).isEmpty();
    }
}
