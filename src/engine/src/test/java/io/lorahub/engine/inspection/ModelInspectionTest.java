package io.lorahub.engine.inspection;

import static io.lorahub.testsupport.AdapterBuilder.randomTensor;
import static io.lorahub.testsupport.ModelBuilder.aModel;
import static org.assertj.core.api.Assertions.assertThat;

import io.lorahub.engine.inspection.Inspection.Kind;
import io.lorahub.engine.lora.config.CheckFinding;
import io.lorahub.engine.model.family.T5Config;
import io.lorahub.engine.safetensors.DType;
import io.lorahub.engine.safetensors.TensorData;
import io.lorahub.testsupport.Checkout;
import io.lorahub.testsupport.ModelBuilder;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ModelInspectionTest {

    private static final Path MODELS = Checkout.path("src/engine/src/test/resources/reference/models");

    @TempDir
    Path dir;

    @ParameterizedTest
    @CsvSource({
        "t5-v1.0-tied-relu, F32, false, true",
        "t5-v1.1-gated, F32, true, false",
        "t5-v1.1-bf16-sharded, BF16, true, false",
        "t5-v1.1-f16, F16, true, false"
    })
    void the_reference_models_are_sound(String name, String dtype, boolean gated, boolean tied) {
        Inspection inspection = Inspection.of(MODELS.resolve(name));
        assertThat(inspection.kind()).isEqualTo(Kind.BASE_MODEL);
        assertThat(inspection.findings()).isEmpty();
        ModelSummary summary = inspection.model().orElseThrow();
        assertThat(summary.tensors().dtypes()).containsExactly(dtype);
        assertThat(summary.tensors().bytes())
                .isEqualTo(summary.tensors().parameters() * DType.valueOf(dtype).bytes());
        assertThat(((T5Config) summary.config()).gated()).isEqualTo(gated);
        assertThat(summary.config().tied()).isEqualTo(tied);
        assertThat(summary.sha256()).containsKeys("config.json", "tokenizer.json");
    }

    @ParameterizedTest
    @ValueSource(strings = {"config.json", "model.safetensors"})
    void one_file_stands_for_its_model(String file) {
        assertThat(Inspection.of(aModel().in(dir, "base").resolve(file)).kind()).isEqualTo(Kind.BASE_MODEL);
    }

    @Test
    void another_family_is_an_error() {
        expect(aModel().ofType("bert"), "model-unsupported", "config.json");
    }

    @Test
    void a_missing_tensor_is_an_error() {
        expect(aModel().withoutTensor("lm_head.weight"), "tensor-missing", "lm_head.weight");
    }

    @Test
    void a_tensor_of_another_shape_is_an_error() {
        expect(
                aModel().withTensor("shared.weight", randomTensor(new Random(1), 12, 7)),
                "tensor-shape",
                "shared.weight");
    }

    @Test
    void a_norm_that_the_family_does_not_have_is_a_warning() {
        String norm = "encoder.block.0.layer.0.SelfAttention.inner_attn_ln.weight";
        Inspection inspection = Inspection.of(
                aModel().withTensor(norm, randomTensor(new Random(1), 6)).in(dir, "base"));
        assertThat(inspection.sound()).isTrue();
        assertThat(inspection.findings()).singleElement().satisfies(f -> {
            assertThat(f.code()).isEqualTo("tensors-unread");
            assertThat(f.subject()).isEqualTo(norm);
        });
    }

    @Test
    void a_number_that_is_none_is_an_error() {
        float[] values = new float[6];
        values[2] = Float.NaN;
        expect(
                aModel().withTensor("encoder.final_layer_norm.weight", TensorData.of(values, 6)),
                "not-finite",
                "encoder.final_layer_norm.weight");
    }

    @Test
    void quantised_weights_are_an_error() {
        TensorData bytes = new TensorData(DType.I8, new long[] {12, 6}, ByteBuffer.allocate(72));
        expect(aModel().withTensor("lm_head.weight", bytes), "dtype-unsupported", "lm_head.weight");
    }

    @Test
    void a_missing_tokenizer_is_an_error() {
        expect(aModel().withoutTokenizer(), "tokenizer-missing", "tokenizer.json");
    }

    @ParameterizedTest
    @CsvSource({
        "tokenizer.json, '{\"version\": 1}', tokenizer-unreadable",
        "tokenizer.json, '', tokenizer-unreadable",
        "tokenizer_config.json, '{', config-unreadable",
        "generation_config.json, '{\"eos_token_id\": 12}', generation-unusable",
        "generation_config.json, '{\"decoder_start_token_id\": \"x\"}', generation-unusable",
        "config.json, '{\"model_type\": \"t5\", \"layer_norm_epsilon\": -1}', model-unsupported",
        "config.json, '{\"model_type\": \"t5\", \"vocab_size\": 12, \"eos_token_id\": 12}', model-unsupported",
        "generation_config.json, '{\"eos_token_id\": 1', config-unreadable",
        "generation_config.json, '[]', config-unreadable",
        "config.json, '{\"model_type\": \"t5\"} {}', config-unreadable"
    })
    void a_file_that_no_command_can_read_is_an_error(String file, String content, String code) throws IOException {
        Path folder = aModel().in(dir, "base");
        Files.writeString(folder.resolve(file), content);
        assertThat(Inspection.of(folder).findings()).singleElement().satisfies(f -> {
            assertThat(f.code()).isEqualTo(code);
            assertThat(f.isError()).isTrue();
        });
    }

    @Test
    void settings_of_generation_that_are_not_followed_are_a_warning() throws IOException {
        Path folder = aModel().in(dir, "base");
        Files.writeString(folder.resolve("generation_config.json"), "{\"repetition_penalty\": 1.2}");
        Inspection inspection = Inspection.of(folder);
        assertThat(inspection.sound()).isTrue();
        assertThat(inspection.findings()).singleElement().satisfies(f -> {
            assertThat(f.code()).isEqualTo("generation-not-followed");
            assertThat(f.message()).contains("repetition_penalty 1.2");
        });
    }

    @Test
    void everything_that_is_missing_is_listed_at_once() throws IOException {
        Path folder = aModel().withoutTokenizer().in(dir, "base");
        Files.writeString(folder.resolve("config.json"), "[]");
        Files.write(folder.resolve("model.safetensors"), new byte[3]);
        assertThat(Inspection.of(folder).findings())
                .extracting(CheckFinding::code)
                .containsExactly("config-unreadable", "unreadable", "tokenizer-missing");
    }

    @Test
    void a_missing_configuration_is_an_error() throws IOException {
        Path folder = aModel().in(dir, "base");
        Files.delete(folder.resolve("config.json"));
        assertThat(Inspection.of(folder).findings())
                .extracting(CheckFinding::code)
                .containsExactly("config-missing");
    }

    @Test
    void a_hostile_number_of_layers_is_an_error() throws IOException {
        Path folder = aModel().in(dir, "base");
        Files.writeString(folder.resolve("config.json"), "{\"model_type\": \"t5\", \"num_layers\": 2000000000}");
        assertThat(Inspection.of(folder).findings())
                .extracting(CheckFinding::code)
                .containsExactly("model-unsupported");
    }

    private void expect(ModelBuilder model, String code, String subject) {
        Inspection inspection = Inspection.of(model.in(dir, "base"));
        assertThat(inspection.sound()).isFalse();
        assertThat(inspection.findings()).singleElement().satisfies(f -> {
            assertThat(f.code()).isEqualTo(code);
            assertThat(f.subject()).isEqualTo(subject);
        });
    }
}
