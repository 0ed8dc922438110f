package io.lorahub.engine.inspection;

import static io.lorahub.testsupport.AdapterBuilder.anAdapter;
import static io.lorahub.testsupport.AdapterBuilder.randomTensor;
import static io.lorahub.testsupport.AdapterBuilder.tensor;
import static io.lorahub.testsupport.ModelBuilder.aModel;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.lorahub.engine.checkpoint.ModelFolder;
import io.lorahub.engine.inspection.Inspection.Kind;
import io.lorahub.engine.learning.LearningSession;
import io.lorahub.engine.lora.AdapterSummary;
import io.lorahub.engine.lora.LoraAdapter;
import io.lorahub.engine.lora.config.CheckFinding;
import io.lorahub.engine.model.ComposedWeights;
import io.lorahub.engine.model.Compute;
import io.lorahub.engine.safetensors.TensorSource;
import io.lorahub.testsupport.AdapterBuilder;
import io.lorahub.testsupport.Deltas;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class InspectionTest {

    private static final String Q = "encoder.block.0.layer.0.SelfAttention.q";

    @TempDir
    Path dir;

    @Test
    void an_adapter_at_a_glance() {
        Path path = anAdapter().ofRank(2).withAlpha(6).in(dir, "past");
        Inspection inspection = Inspection.of(path);
        assertThat(inspection.kind()).isEqualTo(Kind.ADAPTER);
        assertThat(inspection.sound()).isTrue();
        AdapterSummary summary = inspection.adapter().orElseThrow();
        assertThat(summary.baseModel).hasValue("tiny-t5");
        assertThat(summary.ranks).containsExactly(2);
        assertThat(summary.alphas).containsExactly(6.0);
        assertThat(summary.targets).containsExactly("q", "v");
        assertThat(summary.modules).isEqualTo(2);
        assertThat(summary.parameters).isEqualTo(2 * (2 * 6 + 4 * 2));
        assertThat(summary.dtypes).containsExactly("F32");
        assertThat(summary.bytes).isEqualTo(summary.parameters * 4);
        assertThat(summary.sha256).hasSize(2);
        try (LoraAdapter adapter = LoraAdapter.load(path)) {
            assertThat(summary.layers)
                    .hasSize(2)
                    .allSatisfy(layer -> assertThat(layer.norm())
                            .isCloseTo(Deltas.norm(Deltas.of(adapter.modules().get(layer.module()))), within(1e-6)));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"adapter_config.json", "adapter_model.safetensors"})
    void one_file_stands_for_its_adapter(String file) {
        Inspection inspection = Inspection.of(anAdapter().in(dir, "past").resolve(file));
        assertThat(inspection.kind()).isEqualTo(Kind.ADAPTER);
        assertThat(inspection.sound()).isTrue();
    }

    @Test
    void weights_that_cannot_be_read_do_not_hide_the_faults_of_the_configuration() throws IOException {
        Path path = anAdapter().with("use_dora", "true").in(dir, "broken");
        Files.writeString(path.resolve("adapter_model.safetensors"), "what?");
        Inspection inspection = Inspection.of(path);
        assertThat(inspection.findings()).extracting(CheckFinding::code).containsExactly("weights-unreadable", "dora");
        assertThat(inspection.adapter()).isEmpty();
    }

    @Test
    void a_broken_adapter_is_summed_up_as_far_as_it_can_be_read() {
        Inspection inspection = Inspection.of(anAdapter()
                .withTensor(tensor(Q, "lora_B.weight"), randomTensor(new Random(1), 3))
                .in(dir, "broken"));
        assertThat(inspection.sound()).isFalse();
        assertThat(inspection.adapter().orElseThrow().layers).hasSize(1);
    }

    @Test
    void missing_weights_and_missing_configurations_are_named() throws IOException {
        Path config = anAdapter().in(dir, "no-weights");
        Files.delete(config.resolve("adapter_model.safetensors"));
        assertThat(Inspection.of(config).findings())
                .singleElement()
                .satisfies(f -> assertThat(f.message()).contains("no-weights", "has no weights"));
        Path weights = anAdapter().in(dir, "no-config");
        Files.delete(weights.resolve("adapter_config.json"));
        assertThat(Inspection.of(weights).findings())
                .singleElement()
                .satisfies(f -> assertThat(f.message()).contains("no-config", "adapter_config.json"));
    }

    @Test
    void neither_adapter_nor_model_is_said() throws IOException {
        Files.writeString(dir.resolve("notes.txt"), "");
        for (Path path : new Path[] {dir, dir.resolve("notes.txt"), dir.resolve("missing"), Path.of("")}) {
            Inspection inspection = Inspection.of(path);
            assertThat(inspection.kind()).isEqualTo(Kind.UNKNOWN);
            assertThat(inspection.findings())
                    .singleElement()
                    .satisfies(f -> assertThat(f.code()).isEqualTo("nothing-to-inspect"));
            assertThat(inspection.sound()).isFalse();
        }
    }

    @Test
    void an_adapter_that_fits_its_base_model() {
        Path adapter = anAdapter().ofShape(4, 6).adapting(Q).in(dir, "past");
        Inspection inspection = Inspection.of(adapter, aModel().in(dir, "base"));
        assertThat(inspection.findings()).isEmpty();
        assertThat(inspection.model()).isPresent();
    }

    @Test
    void a_shape_of_another_model_is_an_error() {
        expectMisfit(
                Inspection.of(anAdapter().ofShape(8, 6).adapting(Q).in(dir, "past"), aModel().in(dir, "base")),
                "base-shape",
                Q);
    }

    @Test
    void faults_of_its_own_do_not_hide_that_it_does_not_fit() {
        Path adapter =
                anAdapter().ofShape(8, 6).adapting(Q).with("use_dora", "true").in(dir, "past");
        assertThat(Inspection.of(adapter, aModel().in(dir, "base")).findings())
                .extracting(CheckFinding::code)
                .containsExactly("dora", "base-shape");
    }

    @Test
    void a_module_of_another_model_is_an_error() {
        expectMisfit(
                Inspection.of(anAdapter().adapting("model.layers.0.q_proj").in(dir, "past"), aModel().in(dir, "base")),
                "module-not-in-base",
                "model.layers.0.q_proj");
    }

    /** Both with the model's folder and with what a hub knows of it. */
    @Test
    void a_table_is_not_composed() {
        String table = "encoder.block.0.layer.0.SelfAttention.relative_attention_bias";
        Random random = new Random(1);
        AdapterBuilder builder = anAdapter()
                .adapting(Q)
                .ofShape(4, 6)
                .with("target_modules", "[\"SelfAttention.q\", \"relative_attention_bias\"]")
                .withTensor(AdapterBuilder.tensor(table, "lora_embedding_A"), randomTensor(random, 2, 4))
                .withTensor(AdapterBuilder.tensor(table, "lora_embedding_B"), randomTensor(random, 2, 2));
        Path adapter = builder.in(dir, "past");
        Path base = aModel().in(dir, "base");
        assertThat(Inspection.of(adapter, base).findings())
                .filteredOn(CheckFinding::isError)
                .singleElement()
                .satisfies(f -> {
                    assertThat(f.code()).isEqualTo("table-not-composed");
                    assertThat(f.subject()).isEqualTo(table);
                });
        try (TensorSource tensors = ModelFolder.open(base)) {
            assertThat(Inspection.of(adapter, tensors).sound()).isFalse();
        }
        assertThatThrownBy(() -> LearningSession.open(
                        base, List.of(LoraAdapter.load(adapter)), ComposedWeights.EXACT, Compute.cpu()))
                .hasMessageContaining("does not fit the base model")
                .hasMessageContaining(table + " is a table");
    }

    @Test
    void another_name_of_the_shared_embedding_is_an_error() {
        expectMisfit(
                Inspection.of(anAdapter().adapting("encoder.embed_tokens").in(dir, "past"), aModel().in(dir, "base")),
                "module-not-in-base",
                "encoder.embed_tokens");
    }

    @Test
    void modules_that_the_adapter_targets_and_leaves_out_are_a_warning() {
        Path adapter = anAdapter()
                .adapting(Q)
                .with("target_modules", "[\"SelfAttention.q\"]")
                .in(dir, "past");
        Inspection inspection = Inspection.of(adapter, aModel().in(dir, "base"));
        expectMisfit(inspection, "targeted-without-tensors", "decoder.block.0.layer.0.SelfAttention.q");
        assertThat(inspection.sound()).isTrue();
    }

    @Test
    void a_tied_output_embedding_has_the_shape_of_the_shared_one() {
        Path adapter = anAdapter().adapting("lm_head").ofShape(12, 6).in(dir, "past");
        assertThat(Inspection.of(adapter, aModel().tied().in(dir, "base")).findings())
                .isEmpty();
    }

    private static void expectMisfit(Inspection inspection, String code, String subject) {
        assertThat(inspection.findings()).singleElement().satisfies(f -> {
            assertThat(f.code()).isEqualTo(code);
            assertThat(f.subject()).isEqualTo(subject);
        });
    }
}
