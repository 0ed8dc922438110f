package io.lorahub.engine.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.lorahub.engine.safetensors.DType;
import io.lorahub.engine.safetensors.TensorData;
import io.lorahub.testsupport.Checkout;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TorchCheckpointTest {

    private static final Path ADAPTERS = Checkout.path("src/engine/src/test/resources/reference/adapters");

    @TempDir
    Path folder;

    @Test
    void tensors_that_PyTorch_wrote() {
        String name = "base_model.model.encoder.block.0.layer.0.SelfAttention.v.lora_B.weight";
        try (var bin = TorchCheckpoint.open(ADAPTERS.resolve("bin/adapter_model.bin"))) {
            assertThat(bin.names()).hasSize(24).element(3).isEqualTo(name);
            assertThat(bin.info(name).dtype()).isEqualTo(DType.F32);
            assertThat(bin.info(name).shape()).containsExactly(32, 4);
            float[] values = bin.tensor(name).toFloats();
            assertThat(values).hasSize(128);
            assertThat(new float[] {values[0], values[1], values[127]})
                    .containsExactly(0x1.b1646ap-2f, 0x1.d73a1ep-4f, 0x1.9a1af2p-1f);
        }
    }

    @Test
    void a_transposed_view_is_laid_out_again() throws IOException {
        byte[] pickle = PickleBytes.stateDict("w")
                .tensor("FloatStorage", "0", 6, 0, new long[] {3, 2}, new long[] {1, 3})
                .end();

        try (var checkpoint = open(Zips.torch(pickle).floats("0", 1, 2, 3, 4, 5, 6))) {
            assertThat(checkpoint.tensor("w").toFloats()).containsExactly(1, 4, 2, 5, 3, 6);
            assertThat(checkpoint.tensor("w").shape()).containsExactly(3, 2);
        }
    }

    @Test
    void views_of_one_storage() throws IOException {
        byte[] pickle = PickleBytes.stateDict("row")
                .tensor("FloatStorage", "0", 6, 3, new long[] {1, 3}, new long[] {99, 1})
                .text("every other")
                .tensor("FloatStorage", "0", 6, 1, new long[] {3}, new long[] {2})
                .text("scalar")
                .tensor("FloatStorage", "0", 6, 5, new long[] {}, new long[] {})
                .text("none")
                .tensor("FloatStorage", "0", 6, 6, new long[] {0, 4}, new long[] {4, 1})
                .end();

        try (var checkpoint = open(Zips.torch(pickle).floats("0", 1, 2, 3, 4, 5, 6))) {
            assertThat(checkpoint.tensor("row").toFloats()).containsExactly(4, 5, 6);
            assertThat(checkpoint.tensor("every other").toFloats()).containsExactly(2, 4, 6);
            assertThat(checkpoint.tensor("scalar").toFloats()).containsExactly(6);
            assertThat(checkpoint.tensor("none").toFloats()).isEmpty();
        }
    }

    @ParameterizedTest
    @CsvSource({
        "DoubleStorage, F64, 8",
        "FloatStorage, F32, 4",
        "HalfStorage, F16, 2",
        "BFloat16Storage, BF16, 2",
        "LongStorage, I64, 8",
        "IntStorage, I32, 4",
        "ShortStorage, I16, 2",
        "CharStorage, I8, 1",
        "ByteStorage, U8, 1",
        "BoolStorage, BOOL, 1"
    })
    void every_type_also_where_it_must_be_laid_out_again(String storage, DType dtype, int size) throws IOException {
        byte[] pickle = PickleBytes.stateDict("last two")
                .tensor(storage, "0", 4, 2, new long[] {2}, new long[] {1})
                .text("backwards")
                .tensor(storage, "0", 4, 0, new long[] {2, 2}, new long[] {1, 2})
                .end();
        byte[] data = new byte[4 * size];
        for (int i = 0; i < data.length; i++) data[i] = (byte) (i / size);

        try (var checkpoint = open(Zips.torch(pickle).stored("archive/data/0", data))) {
            TensorData lastTwo = checkpoint.tensor("last two");
            assertThat(lastTwo.dtype()).isEqualTo(dtype);
            assertThat(lastTwo.data()).isEqualTo(ByteBuffer.wrap(data, 2 * size, 2 * size));
            assertThat(lastTwo.data().alignmentOffset(0, size)).isZero();
            ByteBuffer transposed = checkpoint.tensor("backwards").data();
            assertThat(new byte[] {transposed.get(0), transposed.get(size), transposed.get(2 * size)})
                    .containsExactly(0, 2, 1);
        }
    }

    @Test
    void deflated_storages() throws IOException {
        byte[] pickle = PickleBytes.stateDict("a")
                .tensor("ByteStorage", "0", 3)
                .text("b")
                .tensor("ByteStorage", "0", 3, 1, new long[] {2}, new long[] {1})
                .end();

        Zips zip = new Zips().deflated("x/data.pkl", pickle).deflated("x/data/0", new byte[] {7, 8, 9});
        try (var checkpoint = open(zip)) {
            assertThat(checkpoint.tensor("a").data()).isEqualTo(ByteBuffer.wrap(new byte[] {7, 8, 9}));
            assertThat(checkpoint.tensor("b").data()).isEqualTo(ByteBuffer.wrap(new byte[] {8, 9}));
        }
    }

    /** What {@code torch.save(module.state_dict())} writes: an OrderedDict of tensors with an attribute _metadata. */
    @Test
    void the_state_dict_of_a_module() throws IOException {
        PickleBytes pickle = PickleBytes.protocol2()
                .global("collections", "OrderedDict")
                .raw(')', 'R', 'q', 0, '(')
                .text("w")
                .tensor("FloatStorage", "0", 2)
                .raw('u', '}', 'q', 1)
                .text("_metadata")
                .global("collections", "OrderedDict")
                .raw(')', 'R')
                .text("")
                .raw('}')
                .text("version")
                .raw('K', 1, 's', 's', 's', 'b', '.');

        try (var checkpoint = open(Zips.torch(pickle.bytes()).floats("0", 1, 2))) {
            assertThat(checkpoint.names()).containsExactly("w");
            assertThat(checkpoint.tensor("w").toFloats()).containsExactly(1, 2);
        }
    }

    @Test
    void a_parameter_is_its_tensor() throws IOException {
        byte[] pickle = PickleBytes.stateDict("w")
                .global("torch._utils", "_rebuild_parameter")
                .raw('(')
                .tensor("FloatStorage", "0", 2)
                .raw(0x88)
                .global("collections", "OrderedDict")
                .raw(')', 'R', 't', 'R')
                .end();

        try (var checkpoint = open(Zips.torch(pickle).floats("0", 1, 2))) {
            assertThat(checkpoint.tensor("w").toFloats()).containsExactly(1, 2);
        }
    }

    @Test
    void an_empty_state_dict() throws IOException {
        try (var checkpoint =
                open(Zips.torch(PickleBytes.protocol2().raw('}', '.').bytes()))) {
            assertThat(checkpoint.names()).isEmpty();
            assertThatExceptionOfType(CheckpointException.class)
                    .isThrownBy(() -> checkpoint.info("w"))
                    .withMessageEndingWith("some.bin cannot be used: it has no tensor \"w\".");
        }
    }

    private TorchCheckpoint open(Zips zip) throws IOException {
        return TorchCheckpoint.open(zip.write(folder.resolve("some.bin")));
    }
}
