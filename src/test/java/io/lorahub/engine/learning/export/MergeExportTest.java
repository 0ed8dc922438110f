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
import io.lorahub.engine.learning.LearningOutcome;
import io.lorahub.engine.learning.LearningSession;
import io.lorahub.engine.learning.Scorer;
import io.lorahub.engine.lora.LoraAdapter;
import io.lorahub.engine.model.ComposedWeights;
import io.lorahub.engine.model.Compute;
import io.lorahub.engine.model.Precision;
import io.lorahub.engine.safetensors.TensorData;
import io.lorahub.testsupport.AdapterBuilder;
import io.lorahub.testsupport.DemoTask;
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
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class MergeExportTest {

    private static final DemoTask TASK = DemoTask.named("un-past", 1);
    private static final double[] WEIGHTS = {1, 0.9, -0.3};

    @TempDir
    Path folder;

    private ExportReport write(LearningSession session, double[] weights, ExportOptions options) {
        return MergeExport.write(
                session, weights, TASK.fewShot(), options, report -> new ObjectMapper().createObjectNode(), out());
    }

    private Path out() {
        return folder.resolve("merged");
    }

    private static LearningSession session(ComposedWeights composition) {
        return DemoTask.session(composition, "un", "past", "upper");
    }

    @ParameterizedTest
    @EnumSource
    void a_lossless_export_does_what_the_composition_does(ComposedWeights composition) {
        try (LearningSession session = session(composition)) {
            ExportReport report = write(session, WEIGHTS, ExportOptions.LOSSLESS);

            assertThat(report.rank()).isEqualTo(composition == ComposedWeights.EXACT ? 24 : 8);
            assertThat(report.relativeError()).isZero();
            assertThat(report.equal()).isEqualTo(report.compared()).isEqualTo(5);
            assertThat(losses(DemoOf.merged(out()), new double[] {1}))
                    .containsExactly(losses(session, WEIGHTS), Offset.offset(1e-4));
        }
    }

    @Test
    void compression_to_a_rank_reports_its_error() {
        try (LearningSession session = session(ComposedWeights.EXACT)) {
            ExportReport report =
                    write(session, WEIGHTS, new ExportOptions(OptionalInt.of(6), OptionalDouble.empty(), false, false));

            assertThat(report.rank()).isEqualTo(6);
            assertThat(report.losslessRank()).isEqualTo(24);
            assertThat(report.relativeError()).isBetween(0.01, 0.5);
        }
    }

    @Test
    void compression_to_an_error_bound_takes_the_smallest_rank_within_it() {
        try (LearningSession session = session(ComposedWeights.EXACT)) {
            ExportReport report = write(
                    session, WEIGHTS, new ExportOptions(OptionalInt.empty(), OptionalDouble.of(0.1), false, false));

            assertThat(report.relativeError()).isLessThanOrEqualTo(0.1);
            assertThat(report.rank()).isBetween(2, 23);
        }
    }

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
    void what_rounding_to_the_type_of_the_base_model_loses_is_told(String model, double least, double most) {
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
    void that_a_bias_cannot_be_fused_is_known_before_the_search() {
        try (LoraAdapter bias = LoraAdapter.load(Reference.path("adapters/lora-bias"));
                LoraAdapter plain = LoraAdapter.load(Reference.path("adapters/plain-a"))) {
            assertThatThrownBy(() -> MergeExport.requirePossible(List.of(plain, bias), fused()))
                    .isInstanceOf(EngineException.class)
                    .hasMessageContainingAll("lora-bias", "lora_bias");
            assertThatCode(() -> {
                        MergeExport.requirePossible(List.of(plain, bias), ExportOptions.LOSSLESS);
                        MergeExport.requirePossible(List.of(plain), fused());
                    })
                    .doesNotThrowAnyException();
        }
    }

    private static double[] losses(LearningSession session, List<Example> examples, double weight) {
        try (Scorer scorer = session.scorer(session.encode(examples))) {
            return scorer.outcomes(new double[] {weight}, false).stream()
                    .mapToDouble(LearningOutcome::loss)
                    .toArray();
        }
    }

    @Test
    void a_folder_with_anything_else_in_it_is_not_touched_even_when_asked_to_overwrite() throws IOException {
        Files.createDirectories(out());
        Files.writeString(out().resolve("notes.txt"), "mine");
        try (LearningSession session = session(ComposedWeights.EXACT)) {
            assertThatThrownBy(() -> write(session, WEIGHTS, overwriting()))
                    .isInstanceOf(EngineException.class)
                    .hasMessageContaining("notes.txt");
        }
        assertThat(out().resolve("notes.txt")).hasContent("mine");
        try (Stream<Path> left = Files.list(folder)) {
            assertThat(left).hasSize(1);
        }
    }

    @Test
    void an_earlier_export_is_replaced_when_asked_to_and_only_then() {
        try (LearningSession session = session(ComposedWeights.EXACT)) {
            write(session, WEIGHTS, ExportOptions.LOSSLESS);

            assertThatThrownBy(() -> write(session, WEIGHTS, ExportOptions.LOSSLESS))
                    .isInstanceOf(EngineException.class)
                    .hasMessageContaining("not empty");
            assertThat(write(session, new double[] {1, 0, 0}, overwriting()).rank())
                    .isEqualTo(8);
        }
    }

    private static ExportOptions overwriting() {
        return new ExportOptions(OptionalInt.empty(), OptionalDouble.empty(), false, true);
    }

    @Test
    void the_base_model_is_called_as_most_adapters_do_with_their_revision() throws IOException {
        List<LoraAdapter> adapters = List.of(
                named("a", "\"/home/somebody/model\"", "null"),
                named("b", "\"lab/tiny\"", "\"v2\""),
                named("c", "\"lab/tiny\"", "\"v2\""));
        try (LearningSession session =
                LearningSession.open(aModel().in(folder, "base"), adapters, ComposedWeights.EXACT, Compute.cpu())) {
            MergeExport.write(
                    session,
                    new double[] {1, 1, 1},
                    List.of(new Example("a", "b")),
                    ExportOptions.LOSSLESS,
                    report -> new ObjectMapper().createObjectNode(),
                    out());
        }
        var config =
                new ObjectMapper().readTree(out().resolve("adapter_config.json").toFile());
        assertThat(config.path("base_model_name_or_path").asText()).isEqualTo("lab/tiny");
        assertThat(config.path("revision").asText()).isEqualTo("v2");
    }

    private LoraAdapter named(String name, String base, String revision) {
        return LoraAdapter.load(anAdapter()
                .adapting("encoder.block.0.layer.0.SelfAttention.q")
                .ofShape(4, 6)
                .with("base_model_name_or_path", base)
                .with("revision", revision)
                .in(folder, name));
    }

    @Test
    void nothing_is_written_when_all_weights_are_zero() {
        try (LearningSession session = session(ComposedWeights.EXACT)) {
            assertThatThrownBy(() -> write(session, new double[3], ExportOptions.LOSSLESS))
                    .isInstanceOf(EngineException.class)
                    .hasMessageContaining("All weights are 0");
        }
        assertThat(out()).doesNotExist();
    }

    private static double[] losses(LearningSession session, double[] weights) {
        try (Scorer scorer = session.scorer(session.encode(TASK.fewShot()))) {
            return scorer.outcomes(weights, false).stream()
                    .mapToDouble(LearningOutcome::loss)
                    .toArray();
        }
    }

    /** The demo base with one adapter from elsewhere. */
    private static final class DemoOf {
        static LearningSession merged(Path path) {
            return LearningSession.open(
                    Reference.demoHub("base"), List.of(LoraAdapter.load(path)), ComposedWeights.EXACT, Compute.cpu());
        }
    }
}
