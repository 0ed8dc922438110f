package io.lorahub.engine.inspection;

import static io.lorahub.testsupport.AdapterBuilder.anAdapter;
import static io.lorahub.testsupport.AdapterBuilder.randomTensor;
import static io.lorahub.testsupport.AdapterBuilder.tensor;
import static io.lorahub.testsupport.ModelBuilder.aModel;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.lorahub.engine.checkpoint.AdapterFolder;
import io.lorahub.engine.checkpoint.ModelFolder;
import io.lorahub.engine.learning.LearningSession;
import io.lorahub.engine.lora.LoraAdapter;
import io.lorahub.engine.lora.check.BaseCopies;
import io.lorahub.engine.lora.config.CheckFinding;
import io.lorahub.engine.model.ComposedWeights;
import io.lorahub.engine.model.Compute;
import io.lorahub.engine.safetensors.DType;
import io.lorahub.engine.safetensors.TensorData;
import io.lorahub.engine.safetensors.TensorSource;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What PEFT saves beside the factors where the output layer or the embedding is adapted (save_embedding_layers). */
class BaseCopiesTest {

    private static final String COPY = tensor("lm_head", "base_layer.weight");

    @TempDir
    Path dir;

    private TensorData output;
    private TensorData table;
    private Path base;

    @BeforeEach
    void model() {
        output = bfloat16(new Random(3), 12, 6);
        table = randomTensor(new Random(4), 12, 6);
        base = aModel().withTensor("lm_head.weight", output)
                .withTensor("shared.weight", table)
                .in(dir, "base");
    }

    /** A bfloat16 file: its copies in an adapter are usually of float32. */
    private static TensorData bfloat16(Random random, int rows, int columns) {
        ByteBuffer data = ByteBuffer.allocateDirect(rows * columns * 2).order(ByteOrder.LITTLE_ENDIAN);
        while (data.hasRemaining()) data.putShort((short) (0x3f00 + random.nextInt(0x80)));
        return new TensorData(DType.BF16, new long[] {rows, columns}, data.flip());
    }

    private Path adapter(String name, TensorData head, TensorData shared) {
        return anAdapter()
                .adapting("lm_head")
                .ofShape(12, 6)
                .withTensor(COPY, head)
                .withTensor(tensor("shared", "weight"), shared)
                .in(dir, name);
    }

    private Path head(String part, TensorData weight, String name) {
        return anAdapter()
                .adapting("lm_head")
                .ofShape(12, 6)
                .withTensor(tensor("lm_head", part), weight)
                .in(dir, name);
    }

    private static void open(Path base, Path adapter) {
        LearningSession.open(base, List.of(LoraAdapter.load(adapter)), ComposedWeights.EXACT, Compute.cpu())
                .close();
    }

    @Test
    void copies_that_equal_the_base_model_are_left_out() {
        Path adapter = adapter("past", output.toF32(), table);
        Inspection inspection = Inspection.of(adapter, base);
        assertThat(inspection.findings()).extracting(CheckFinding::code).containsOnly("base-copy");
        assertThat(inspection.findings())
                .extracting(CheckFinding::message)
                .contains("%s equals lm_head.weight of the base model and is ignored.".formatted(COPY));
        assertThat(inspection.sound()).isTrue();
        assertThat(Checks.of(inspection, ""))
                .as("the checks against the base model are not skipped")
                .allSatisfy(c -> assertThat(c.state()).isEqualTo(CheckResult.State.PASSED));
        open(base, adapter);
    }

    /** A model that was loaded in half precision for training. */
    @ParameterizedTest
    @EnumSource(names = {"BF16", "F16"})
    void copies_that_are_rounded_to_their_type_are_left_out(DType type) {
        Path adapter = adapter("past", output.to(type), table.to(type));
        assertThat(Inspection.of(adapter, base).sound()).isTrue();
        open(base, adapter);
        Path other = adapter(
                "other", output.to(type), randomTensor(new Random(8), 12, 6).to(type));
        assertThat(Inspection.of(other, base).sound()).isFalse();
    }

    @Test
    void without_the_base_model_it_is_said_that_they_must_equal_it() {
        assertThat(Inspection.of(adapter("past", output, table)).findings())
                .hasSize(2)
                .allSatisfy(
                        f -> assertThat(f.message()).contains("It must equal the base model's and is then ignored"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "base_layer.weight",
                "original_module.weight",
                "modules_to_save.weight",
                "modules_to_save.default.weight"
            })
    void wrapped_names_are_known(String name) {
        Path adapter = head(name, output, "past");
        assertThat(Inspection.of(adapter, base).sound()).isTrue();
        Path other = head(name, table, "other");
        assertThat(Inspection.of(other, base).findings())
                .extracting(CheckFinding::code)
                .containsExactly("base-copy-differs");
    }

    @Test
    void a_copy_that_was_trained_is_an_error() {
        Path adapter = adapter("past", randomTensor(new Random(5), 12, 6), table);
        assertThat(Inspection.of(adapter, base).findings())
                .filteredOn(CheckFinding::isError)
                .singleElement()
                .satisfies(f -> {
                    assertThat(f.code()).isEqualTo("base-copy-differs");
                    assertThat(f.subject()).isEqualTo(COPY);
                });
        assertThatThrownBy(() -> open(base, adapter))
                .hasMessageContaining("does not fit the base model")
                .hasMessageContaining("%s differs from lm_head.weight of the base model".formatted(COPY));
    }

    @Test
    void a_longer_table_is_an_error() {
        Path adapter = adapter("past", output, randomTensor(new Random(6), 14, 6));
        assertThatThrownBy(() -> open(base, adapter))
                .hasMessageContaining(
                        "has 14 rows, but shared.weight of the base model 12: the vocabulary was changed");
    }

    @Test
    void on_a_tied_model_the_copy_is_of_the_embedding() {
        Path tied = aModel().tied().withTensor("shared.weight", table).in(dir, "tied");
        open(tied, adapter("past", table, table));
        assertThatThrownBy(() -> open(tied, adapter("other", output, table))).hasMessageContaining("shared.weight");
    }

    /** A hub compares hashes, see BaseCopyCheck. */
    @Test
    void where_only_shapes_are_known_shapes_are_compared() {
        Path adapter = adapter("past", output, table);
        Path longer = adapter("longer", output, randomTensor(new Random(6), 14, 6));
        try (TensorSource weights = ModelFolder.open(base)) {
            assertThat(Inspection.of(adapter, weights).sound()).isTrue();
            assertThat(Inspection.of(adapter, new ShapesOnly(weights)).findings())
                    .hasSize(2)
                    .allSatisfy(f -> assertThat(f.message()).contains("It must equal"));
            assertThat(Inspection.of(longer, new ShapesOnly(weights)).sound()).isFalse();
        }
    }

    @Test
    void hashes_of_copies_are_those_of_the_rounded_originals() {
        try (TensorSource weights = ModelFolder.open(base);
                AdapterFolder adapter = AdapterFolder.open(adapter("past", output.toF32(), table.to(DType.F16)))) {
            BaseCopies.hashes(adapter.weights(), JsonNodeFactory.instance.objectNode())
                    .forEach((name, hash) -> assertThat(hash.sha256())
                            .as(name)
                            .isEqualTo(BaseCopies.sha256(weights, BaseCopies.original(name, weights), hash.dtype())));
        }
    }
}
