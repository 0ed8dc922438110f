package io.lorahub.engine.inspection;

import static io.lorahub.testsupport.AdapterBuilder.anAdapter;
import static io.lorahub.testsupport.AdapterBuilder.randomTensor;
import static io.lorahub.testsupport.AdapterBuilder.tensor;
import static io.lorahub.testsupport.ModelBuilder.aModel;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lorahub.engine.checkpoint.ModelFolder;
import io.lorahub.engine.learning.LearningSession;
import io.lorahub.engine.lora.LoraAdapter;
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

    private static void open(Path base, Path adapter) {
        LearningSession.open(base, List.of(LoraAdapter.load(adapter)), ComposedWeights.EXACT, Compute.cpu())
                .close();
    }

    @Test
    void copies_that_equal_the_base_model_are_left_out() {
        Path adapter = adapter("past", output.toF32(), table);
        Inspection inspection = Inspection.of(adapter, base);
        assertThat(inspection.findings()).extracting(CheckFinding::code).containsOnly("base-copy");
        assertThat(inspection.sound()).isTrue();
        open(base, adapter);
    }

    @Test
    void without_the_base_model_it_is_said_that_they_are_not_judged() {
        assertThat(Inspection.of(adapter("past", output, table)).findings())
                .hasSize(2)
                .allSatisfy(f -> assertThat(f.message()).contains("it is left out where it equals that"));
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
        assertThatThrownBy(() -> open(base, adapter)).hasMessageContaining("has the shape [14, 6]");
    }

    @Test
    void on_a_tied_model_the_copy_is_of_the_embedding() {
        Path tied = aModel().tied().withTensor("shared.weight", table).in(dir, "tied");
        open(tied, adapter("past", table, table));
        assertThatThrownBy(() -> open(tied, adapter("other", output, table))).hasMessageContaining("shared.weight");
    }

    /** A hub knows shapes only. */
    @Test
    void where_nothing_is_there_to_compare_with_they_are_refused() {
        Path adapter = adapter("past", output, table);
        try (TensorSource weights = ModelFolder.open(base)) {
            assertThat(Inspection.of(adapter, new ShapesOnly(weights)).sound()).isFalse();
            assertThat(Inspection.of(adapter, weights).sound()).isTrue();
        }
    }
}
