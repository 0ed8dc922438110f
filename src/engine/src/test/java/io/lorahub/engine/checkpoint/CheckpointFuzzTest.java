package io.lorahub.engine.checkpoint;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.lorahub.engine.error.EngineException;
import io.lorahub.engine.safetensors.SafetensorsWriter;
import io.lorahub.engine.safetensors.TensorData;
import io.lorahub.engine.safetensors.TensorSource;
import io.lorahub.testsupport.Reference;
import io.lorahub.testsupport.hostile.ForeignBytes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.provider.MethodSource;

/** Pickled weights, zips and lists of shards. */
class CheckpointFuzzTest {

    @TempDir
    Path folder;

    @BeforeEach
    void write() throws IOException {
        TensorData one = TensorData.of(new float[] {1, 2}, 2);
        SafetensorsWriter.write(folder.resolve("one.safetensors"), Map.of("a", one, "b", one), Map.of());
    }

    static Stream<byte[]> pickles() {
        return Stream.of(
                PickleBytes.stateDict("w")
                        .tensor("FloatStorage", "0", 6, 0, new long[] {3, 2}, new long[] {1, 3})
                        .raw('q', 1)
                        .text("b")
                        .tensor("ByteStorage", "1", 40)
                        .text("w again")
                        .raw('h', 1)
                        .end(),
                PickleBytes.protocol2()
                        .global("posix", "system")
                        .text("true")
                        .raw(0x85, 'R', '.')
                        .bytes());
    }

    static Stream<byte[]> checkpoints() {
        return pickles().map(CheckpointFuzzTest::checkpoint);
    }

    static Stream<byte[]> zips() throws IOException {
        Path adapter = Reference.path("adapters/layers-subset");
        byte[] config = Files.readAllBytes(adapter.resolve("adapter_config.json"));
        return Stream.of(
                new Zips()
                        .deflated("folder/adapter_config.json", config)
                        .stored("folder/adapter_model.safetensors", "12345678{}")
                        .bytes(),
                new Zips().stored("../adapter_config.json", config).bytes());
    }

    static Stream<byte[]> lists() {
        return ForeignBytes.seeds(
                "{\"metadata\":{\"total_size\":64},\"weight_map\":{\"a\":\"one.safetensors\",\"b\":\"one.safetensors\"}}");
    }

    private static byte[] checkpoint(byte[] pickle) {
        return Zips.torch(pickle)
                .floats("0", 1, 2, 3, 4, 5, 6)
                .deflated("archive/data/1", new byte[40])
                .bytes();
    }

    @MethodSource("checkpoints")
    @FuzzTest
    void any_checkpoint(byte[] bytes) throws Exception {
        readCheckpoint(bytes);
    }

    /** In a sound zip, so that it is read. */
    @MethodSource("pickles")
    @FuzzTest
    void any_pickle(byte[] bytes) throws Exception {
        readCheckpoint(checkpoint(bytes));
    }

    private void readCheckpoint(byte[] bytes) throws Exception {
        Path file = ForeignBytes.file(folder.resolve("some.bin"), bytes);
        ForeignBytes.read(
                32,
                () -> {
                    try (TorchCheckpoint checkpoint = TorchCheckpoint.open(file)) {
                        readAll(checkpoint);
                    }
                },
                EngineException.class);
    }

    @MethodSource("zips")
    @FuzzTest
    void any_zip(byte[] bytes) throws Exception {
        Path file = ForeignBytes.file(folder.resolve("some.zip"), bytes);
        Path unpacked = folder.resolve("unpacked");
        Files.createDirectories(unpacked);
        ForeignBytes.read(
                32,
                () -> {
                    try (AdapterFolder adapter = AdapterFolder.open(file, unpacked)) {
                        readAll(adapter.weights());
                    }
                },
                EngineException.class);
        try (Stream<Path> left = Files.list(unpacked)) {
            if (left.findAny().isPresent()) throw new AssertionError("Something of the zip is left.");
        }
    }

    @MethodSource("lists")
    @FuzzTest
    void any_list_of_shards(byte[] json) throws Exception {
        Path file = ForeignBytes.file(folder.resolve("model.safetensors.index.json"), json);
        ForeignBytes.read(16, () -> ShardedWeights.open(file).close(), EngineException.class);
    }

    private static void readAll(TensorSource tensors) {
        for (String name : tensors.names()) {
            TensorData tensor = tensors.tensor(name);
            if (tensor.dtype().isFloat()) tensor.toFloats();
        }
    }
}
