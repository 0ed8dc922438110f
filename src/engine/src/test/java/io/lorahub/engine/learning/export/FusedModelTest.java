package io.lorahub.engine.learning.export;

import static io.lorahub.testsupport.AdapterBuilder.anAdapter;
import static io.lorahub.testsupport.ModelBuilder.aModel;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.lorahub.engine.error.EngineException;
import io.lorahub.engine.learning.Example;
import io.lorahub.engine.learning.LearningSession;
import io.lorahub.engine.lora.LoraAdapter;
import io.lorahub.engine.lora.merge.KeptModules;
import io.lorahub.engine.model.ComposedWeights;
import io.lorahub.engine.model.Compute;
import io.lorahub.engine.model.Precision;
import io.lorahub.engine.safetensors.TensorData;
import io.lorahub.testsupport.AdapterBuilder;
import io.lorahub.testsupport.Reference;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.Random;
import java.util.stream.Stream;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class FusedModelTest extends ExportFixture {

    @Test
    void a_fused_model_is_the_composition_without_adapters() {
        try (LearningSession session = session(ComposedWeights.EXACT)) {
            write(session, WEIGHTS, new ExportOptions(OptionalInt.empty(), OptionalDouble.empty(), true, false));
            List<LoraAdapter> idle = List.of(LoraAdapter.load(Reference.demoHub("adapters/un")));
            try (LearningSession fused =
                    LearningSession.open(out().resolve("fused"), idle, ComposedWeights.EXACT, Compute.cpu())) {
                assertThat(losses(fused, new double[] {0}))
                        .containsExactly(losses(session, WEIGHTS), Offset.offset(1e-4));
            }
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void a_fused_model_has_an_output_layer_of_its_own_where_only_that_is_changed(boolean scaled) {
        TensorData table = AdapterBuilder.randomTensor(new Random(3), 12, 6);
        Path base = aModel().withTensor("shared.weight", table)
                .savedByTransformers5(scaled)
                .in(folder, "base");
        Path head = anAdapter().adapting("lm_head").ofShape(12, 6).in(folder, "head");
        Path idle = anAdapter()
                .adapting("encoder.block.0.layer.0.SelfAttention.q")
                .ofShape(4, 6)
                .in(folder, "idle");
        List<Example> examples = List.of(new Example("a", "b"));
        try (LearningSession session =
                LearningSession.open(base, List.of(LoraAdapter.load(head)), ComposedWeights.EXACT, Compute.cpu())) {
            MergeExport.write(
                    session,
                    new double[] {0.7},
                    examples,
                    new ExportOptions(OptionalInt.empty(), OptionalDouble.empty(), true, false),
                    report -> new ObjectMapper().createObjectNode(),
                    out());
            try (LearningSession fused = LearningSession.open(
                    out().resolve("fused"), List.of(LoraAdapter.load(idle)), ComposedWeights.EXACT, Compute.cpu())) {
                assertThat(losses(fused, examples, 0))
                        .containsExactly(losses(session, examples, 0.7), Offset.offset(1e-5))
                        .isNotEqualTo(losses(session, examples, 0));
            }
        }
    }

    private static ExportOptions fused() {
        return new ExportOptions(OptionalInt.empty(), OptionalDouble.empty(), true, false);
    }

    @Test
    void a_run_in_bfloat16_writes_its_full_model_from_the_float32_files() {
        List<LoraAdapter> adapters = Stream.of("un", "past", "upper")
                .map(name -> LoraAdapter.load(Reference.demoHub("adapters/" + name)))
                .toList();
        List<LoraAdapter> idle = List.of(LoraAdapter.load(Reference.demoHub("adapters/un")));
        Compute rounded = Compute.cpu().with(Precision.BFLOAT16);
        try (LearningSession session =
                        LearningSession.open(Reference.demoHub("base"), adapters, ComposedWeights.EXACT, rounded);
                LearningSession exact = session(ComposedWeights.EXACT)) {
            ExportReport report = write(session, WEIGHTS, fused());

            assertThat(report.fusedError()).hasValue(0);
            try (LearningSession fused =
                    LearningSession.open(out().resolve("fused"), idle, ComposedWeights.EXACT, Compute.cpu())) {
                assertThat(losses(fused, new double[] {0}))
                        .containsExactly(losses(exact, WEIGHTS), Offset.offset(1e-4));
            }
        }
    }

    @ParameterizedTest
    @CsvSource({"t5-v1.1-bf16-sharded, 0.001, 0.9", "t5-v1.1-f16, 0.0001, 0.1"})
    void the_loss_by_rounding_to_the_base_models_type_is_reported(String model, double least, double most) {
        List<LoraAdapter> adapters = List.of(LoraAdapter.load(Reference.path("adapters/plain-a")));
        List<Example> examples = List.of(new Example("a", "b"));
        try (LearningSession session = LearningSession.open(
                Reference.path("models/" + model), adapters, ComposedWeights.EXACT, Compute.cpu())) {
            ExportReport report = MergeExport.write(
                    session,
                    new double[] {1},
                    examples,
                    fused(),
                    written -> new ObjectMapper().createObjectNode(),
                    out());

            assertThat(report.fusedError().orElseThrow()).isBetween(least, most);
        }
    }

    @Test
    void the_adapter_stays_when_the_full_model_cannot_be_written() {
        try (LearningSession session = session(ComposedWeights.EXACT)) {
            assertThatThrownBy(() -> MergeExport.write(
                            session, WEIGHTS, TASK.fewShot(), fused(), report -> inTheWayOfTheFullModel(), out()))
                    .isInstanceOf(EngineException.class)
                    .hasMessageContaining("The adapter is written, but not the full model");
        }
        try (LoraAdapter written = LoraAdapter.load(out())) {
            assertThat(written.modules()).isNotEmpty();
        }
        assertThat(out().resolve("recipe.json")).exists();
    }

    private ObjectNode inTheWayOfTheFullModel() {
        try (Stream<Path> parts = Files.list(folder)) {
            for (Path part : parts.filter(p -> p.getFileName().toString().startsWith(".merged.part-"))
                    .toList()) {
                Files.writeString(part.resolve("fused"), "in the way");
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return new ObjectMapper().createObjectNode();
    }

    @Test
    void a_bias_that_cannot_be_fused_is_refused_before_the_search() {
        try (LoraAdapter bias = LoraAdapter.load(Reference.path("adapters/lora-bias"));
                LoraAdapter plain = LoraAdapter.load(Reference.path("adapters/plain-a"))) {
            assertThatThrownBy(() -> MergeExport.requirePossible(List.of(plain, bias), KeptModules.NONE, fused()))
                    .isInstanceOf(EngineException.class)
                    .hasMessageContainingAll("lora-bias", "lora_bias");
            assertThatCode(() -> {
                        MergeExport.requirePossible(List.of(plain, bias), KeptModules.NONE, ExportOptions.LOSSLESS);
                        MergeExport.requirePossible(List.of(plain), KeptModules.NONE, fused());
                    })
                    .doesNotThrowAnyException();
        }
    }
}
