package io.lorahub.engine.learning.export;

import static io.lorahub.testsupport.AdapterBuilder.anAdapter;
import static io.lorahub.testsupport.ModelBuilder.aModel;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.lorahub.engine.error.EngineException;
import io.lorahub.engine.learning.Example;
import io.lorahub.engine.learning.LearningSession;
import io.lorahub.engine.lora.LoraAdapter;
import io.lorahub.engine.lora.merge.MergeOperator;
import io.lorahub.engine.model.ComposedWeights;
import io.lorahub.engine.model.Compute;
import io.lorahub.engine.model.LayerGroups;
import io.lorahub.testsupport.DemoTask;
import io.lorahub.testsupport.Reference;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.stream.Stream;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class MergeExportTest extends ExportFixture {

    @ParameterizedTest
    @EnumSource
    void a_lossless_export_does_what_the_composition_does(ComposedWeights composition) {
        try (LearningSession session = session(composition)) {
            ExportReport report = write(session, WEIGHTS, ExportOptions.LOSSLESS);

            assertThat(report.rank()).isEqualTo(composition == ComposedWeights.EXACT ? 24 : 8);
            assertThat(report.relativeError()).isZero();
            assertThat(report.comparison().equal())
                    .isEqualTo(report.comparison().inputs())
                    .isEqualTo(5);
            assertThat(losses(merged(out()), new double[] {1}))
                    .containsExactly(losses(session, WEIGHTS), Offset.offset(1e-4));
        }
    }

    @Test
    void weights_per_layer_group_are_exported_without_a_loss_and_a_higher_rank() {
        double[] weights = {1, 0.7, 0.9, 0.9, 0, -0.3};
        try (LearningSession session = session(ComposedWeights.EXACT).setGroups(LayerGroups.STACKS)) {
            ExportReport report = write(session, weights, ExportOptions.LOSSLESS);

            // no encoder layer has more than two of the three adapters, but the file has one rank for all
            assertThat(report.rank()).isEqualTo(24);
            assertThat(report.comparison().equal())
                    .isEqualTo(report.comparison().inputs())
                    .isEqualTo(5);
            assertThat(losses(merged(out()), new double[] {1}))
                    .containsExactly(losses(session, weights), Offset.offset(1e-4));
        }
    }

    @Test
    void a_lossless_rank_is_no_higher_than_the_matrices_can_have() {
        String[] all = LoraAdapter.loadAll(Reference.demoHub("adapters")).stream()
                .map(LoraAdapter::name)
                .toArray(String[]::new);
        double[] weights = new double[all.length];
        Arrays.fill(weights, 0.1);
        weights[0] = 1;
        try (LearningSession session = DemoTask.session(ComposedWeights.EXACT, all)) {
            ExportReport report = write(session, weights, ExportOptions.LOSSLESS);

            // 24 of rank 8 have 192 in all, but the matrices of the demo are 128 wide
            assertThat(report.rank()).isEqualTo(report.losslessRank()).isEqualTo(128);
            assertThat(report.relativeError()).isZero();
            assertThat(losses(merged(out()), new double[] {1}))
                    .containsExactly(losses(session, weights), Offset.offset(1e-4));
            assertThat(MergeExport.errors(session, weights)).hasSize(128);
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
    void a_compact_adapter_has_the_smallest_rank_that_does_the_same() {
        String[] all = LoraAdapter.loadAll(Reference.demoHub("adapters")).stream()
                .map(LoraAdapter::name)
                .toArray(String[]::new);
        double[] weights = new double[all.length];
        Arrays.fill(weights, 0.01);
        weights[0] = 1;
        try (LearningSession session = DemoTask.session(ComposedWeights.EXACT, all)) {
            ExportReport report = write(session, weights, ExportOptions.compact(false, false));

            assertThat(report.rank()).isBetween(9, 64);
            assertThat(report.losslessRank()).isEqualTo(128);
            assertThat(report.relativeError()).isBetween(1e-6, ExportOptions.COMPACT_ERROR);
            assertThat(report.comparison().equal())
                    .isEqualTo(report.comparison().inputs())
                    .isEqualTo(5);
        }
    }

    @Test
    void a_compact_adapter_is_lossless_if_compression_changes_what_it_does() {
        ExportOptions far =
                new ExportOptions(OptionalInt.empty(), OptionalDouble.of(0.9), true, false, false, MergeOperator.CAT);
        try (LearningSession session = session(ComposedWeights.EXACT)) {
            ExportReport report = write(session, WEIGHTS, far);

            assertThat(report.rank()).isEqualTo(report.losslessRank()).isEqualTo(24);
            assertThat(report.relativeError()).isZero();
            assertThat(losses(merged(out()), new double[] {1}))
                    .containsExactly(losses(session, WEIGHTS), Offset.offset(1e-4));
            try (Stream<Path> files = Files.list(out())) {
                assertThat(files.map(file -> file.getFileName().toString()))
                        .containsExactlyInAnyOrder("adapter_config.json", "adapter_model.safetensors", "recipe.json");
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void a_compact_adapter_is_lossless_if_its_rank_would_be_hardly_lower() {
        try (LearningSession session = session(ComposedWeights.EXACT)) {
            ExportReport report = write(session, WEIGHTS, ExportOptions.compact(false, false));

            assertThat(report.rank()).isEqualTo(report.losslessRank()).isEqualTo(24);
            assertThat(report.relativeError()).isZero();
        }
    }

    @Test
    void a_compact_adapter_of_one_candidate_is_that_candidate_scaled() {
        try (LearningSession session = session(ComposedWeights.EXACT)) {
            ExportReport report = write(session, new double[] {0.7, 0, 0}, ExportOptions.compact(false, false));

            assertThat(report.rank()).isEqualTo(report.losslessRank()).isEqualTo(8);
            assertThat(report.relativeError()).isZero();
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

    /** The demo base with one adapter from elsewhere. */
}
