package io.lorahub.engine.lora;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.lorahub.engine.checkpoint.ModelFolder;
import io.lorahub.engine.lora.check.LoraModule;
import io.lorahub.engine.lora.config.AdapterException;
import io.lorahub.engine.lora.config.CheckFinding;
import io.lorahub.engine.safetensors.TensorSource;
import io.lorahub.testsupport.Checkout;
import io.lorahub.testsupport.Reference;
import java.nio.file.Path;
import java.util.List;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The adapters that PEFT wrote, one of each of its variants. */
class ReferenceAdaptersTest {

    private static final Path REFERENCE = Checkout.path("src/engine/src/test/resources/reference");

    @ParameterizedTest
    @CsvSource({
        "plain-a, 12, 4, 2",
        "plain-b, 12, 4, 2",
        "plain-c, 12, 4, 2",
        "bin, 12, 4, 2",
        "rslora, 12, 9, 2.666666667",
        "other-modules, 20, 3, 2.666666667",
        "regex-modules, 4, 4, 2",
        "all-linear, 36, 2, 4",
        "layers-subset, 3, 4, 2",
        "embedding, 6, 4, 2",
        "lora-bias, 12, 4, 2",
        "bias-all, 12, 4, 2"
    })
    void a_uniform_adapter_has_one_rank_and_scale(String name, int modules, int rank, double scale) {
        try (LoraAdapter adapter = load(name)) {
            assertThat(adapter.modules()).hasSize(modules);
            assertThat(adapter.modules().values()).allSatisfy(m -> {
                assertThat(m.rank()).isEqualTo(rank);
                assertThat(m.scale()).isCloseTo(scale, within(1e-9));
                assertThat(m.b().shape()[1]).isEqualTo(rank);
            });
        }
    }

    @Test
    void rank_and_alpha_patterns_hold_for_their_modules() {
        try (LoraAdapter adapter = load("rank-pattern")) {
            LoraModule q = adapter.modules().get("decoder.block.0.layer.0.SelfAttention.q");
            assertThat(q.rank()).isEqualTo(2);
            assertThat(q.scale()).isEqualTo(1.5);
            LoraModule v = adapter.modules().get("decoder.block.1.layer.1.EncDecAttention.v");
            assertThat(v.rank()).isEqualTo(6);
            assertThat(v.scale()).isEqualTo(8 / 6.0);
            LoraModule other = adapter.modules().get("encoder.block.1.layer.0.SelfAttention.v");
            assertThat(other.rank()).isEqualTo(4);
            assertThat(other.scale()).isEqualTo(2);
        }
    }

    @Test
    void a_subset_of_layers_is_what_it_says() {
        try (LoraAdapter adapter = load("layers-subset")) {
            assertThat(adapter.modules().keySet())
                    .containsExactly(
                            "decoder.block.1.layer.0.SelfAttention.q",
                            "decoder.block.1.layer.1.EncDecAttention.q",
                            "encoder.block.1.layer.0.SelfAttention.q");
        }
    }

    @Test
    void biases_are_read() {
        try (LoraAdapter adapter = load("lora-bias")) {
            assertThat(adapter.modules().values())
                    .allSatisfy(m -> assertThat(m.bias().orElseThrow().shape()).containsExactly(32));
        }
    }

    // peft.json: its losses stay the same to the last digit when these factors are set to zero
    @Test
    void factors_of_shared_are_left_out_as_peft_leaves_them_out() {
        try (LoraAdapter adapter = load("embedding")) {
            assertThat(adapter.modules()).doesNotContainKey("shared");
            assertThat(adapter.findings()).singleElement().satisfies(f -> {
                assertThat(f.code()).isEqualTo("shared-embedding-idle");
                assertThat(f.severity()).isEqualTo(CheckFinding.Severity.WARNING);
            });
        }
    }

    @ParameterizedTest
    @CsvSource({"dora, dora", "pissa, changed-base"})
    void features_beyond_factors_are_refused_with_the_reason(String name, String code) {
        assertThatThrownBy(() -> load(name))
                .isInstanceOf(AdapterException.class)
                .hasMessageContaining(name)
                .extracting(e -> ((AdapterException) e).findings(), InstanceOfAssertFactories.list(CheckFinding.class))
                .anySatisfy(f -> assertThat(f.code()).isEqualTo(code));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "plain-a",
                "bin",
                "rank-pattern",
                "rslora",
                "other-modules",
                "regex-modules",
                "all-linear",
                "layers-subset",
                "embedding",
                "lora-bias",
                "bias-all"
            })
    void each_fits_its_base_model(String name) {
        try (LoraAdapter adapter = load(name);
                TensorSource base = ModelFolder.open(REFERENCE.resolve("models/t5-v1.1-gated"))) {
            assertThat(adapter.misfits(base)).isEmpty();
        }
    }

    @Test
    void the_whole_demo_hub_is_sound() {
        List<LoraAdapter> adapters = LoraAdapter.loadAll(Reference.demoHub("adapters"));
        try {
            assertThat(adapters)
                    .hasSize(24)
                    .extracting(LoraAdapter::name)
                    .isSorted()
                    .contains("un", "past");
            assertThat(adapters).allSatisfy(a -> assertThat(a.findings()).isEmpty());
        } finally {
            adapters.forEach(LoraAdapter::close);
        }
    }

    private static LoraAdapter load(String name) {
        return LoraAdapter.load(REFERENCE.resolve("adapters").resolve(name));
    }
}
