package io.lorahub.engine.model;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.engine.PtNDManager;
import io.lorahub.engine.model.family.ModelConfig;
import io.lorahub.engine.safetensors.DType;
import io.lorahub.engine.safetensors.FileRegion;
import io.lorahub.engine.safetensors.TensorData;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** Loads the tensors of a base model into libtorch. */
final class WeightLoader {

    private WeightLoader() {}

    /**
     * Returns the weights in the computing type, named {@code w.<name>}. A tensor that already has this type is used
     * directly from the mapped file; other types are converted into memory of their own. The weights of norms are
     * scaled and stay in float32, see the program. DJL does not support bfloat16: such arrays may be passed to the
     * program, but their type must not be read.
     */
    static NDList load(PtNDManager manager, TorchProgram program, BaseModel base, Precision precision) {
        ModelConfig config = base.config();
        NDList loaded = new NDList();
        config.programTensors().forEach((name, values) -> add(loaded, name, manager.create(values)));
        add(
                loaded,
                "ends",
                manager.create(base.generation().ends().stream()
                        .mapToLong(Integer::longValue)
                        .toArray()));
        MappedBfloat16 mapped = new MappedBfloat16(manager, program);
        for (String name : config.shapes().keySet()) {
            TensorData tensor = base.weights().tensor(name);
            if (config.isNorm(name)) {
                TensorData scale = timesRootOfWidth(tensor, (float) config.normOffset());
                add(loaded, name.replace(".weight", ".scale"), array(manager, scale));
                continue;
            }
            Optional<FileRegion> region = base.weights().region(name).filter(MappedBfloat16::fits);
            NDArray weight;
            if (tensor.dtype() == DType.F32 && precision == Precision.FLOAT32) {
                weight = array(manager, tensor);
            } else if (usesFile(tensor, precision, manager) && region.isPresent()) {
                weight = mapped.tensor(region.get(), tensor.shape());
            } else {
                weight = converted(manager, program, tensor);
            }
            boolean transposed = name.endsWith(".weight")
                    && config.isTransposed(name.substring(0, name.length() - ".weight".length()));
            add(loaded, name, transposed ? weight.transpose() : weight);
            if (config.tied() && name.equals(config.embedding() + ".weight")) {
                add(loaded, config.outputLayer() + ".weight", weight.reshape(weight.getShape()));
            }
        }
        return loaded;
    }

    private static void add(NDList loaded, String name, NDArray array) {
        array.setName("w." + name);
        loaded.add(array);
    }

    private static boolean usesFile(TensorData tensor, Precision precision, PtNDManager manager) {
        return tensor.dtype() == DType.BF16
                && precision == Precision.BFLOAT16
                && !manager.getDevice().isGpu();
    }

    /**
     * Scales the weights plus the offset, so that the program's norm can divide by the root of the sum of squares instead
     * of the root of their mean.
     */
    private static TensorData timesRootOfWidth(TensorData norm, float offset) {
        float[] values = norm.toFloats();
        float root = (float) Math.sqrt(values.length);
        for (int i = 0; i < values.length; i++) {
            values[i] = (values[i] + offset) * root;
        }
        return TensorData.of(values, norm.shape());
    }

    /** Returns the tensor in float32, in the file's own memory if it has that type. */
    static NDArray float32(PtNDManager manager, TorchProgram program, TensorData tensor) {
        return tensor.dtype() == DType.F32 ? array(manager, tensor) : converted(manager, program, tensor);
    }

    private static NDArray converted(PtNDManager manager, TorchProgram program, TensorData tensor) {
        try (PtNDManager scope = (PtNDManager) manager.newSubManager()) {
            NDArray raw = array(scope, tensor);
            raw.setName(tensor.dtype() == DType.BF16 ? "raw.bfloat16" : "raw.other");
            NDArray weight = program.callForTraining("load", new NDList(raw)).singletonOrThrow();
            weight.attach(manager);
            return weight;
        }
    }

    private static NDArray array(PtNDManager manager, TensorData tensor) {
        DataType type =
                switch (tensor.dtype()) {
                    case F32 -> DataType.FLOAT32;
                    case F64 -> DataType.FLOAT64;
                    default -> DataType.FLOAT16;
                };
        return manager.create(tensor.data(), new Shape(tensor.shape()), type);
    }

    /**
     * Uses bfloat16 tensors directly from the files. DJL cannot create them from a mapped buffer, so libtorch maps the
     * files.
     */
    private static final class MappedBfloat16 {

        private final PtNDManager manager;
        private final TorchProgram program;
        private final Map<Path, NDArray> files = new HashMap<>();

        MappedBfloat16(PtNDManager manager, TorchProgram program) {
            this.manager = manager;
            this.program = program;
        }

        /** Whether the position can be used directly: bfloat16 requires even offsets. */
        static boolean fits(FileRegion region) {
            return region.offset() % 2 == 0;
        }

        NDArray tensor(FileRegion region, long[] shape) {
            try (PtNDManager scope = (PtNDManager) manager.newSubManager()) {
                NDList arguments = new NDList(
                        files.computeIfAbsent(region.file(), this::map),
                        scope.create(new long[] {region.offset() / 2}),
                        scope.create(shape));
                NDArray tensor = program.callForTraining("part", arguments).singletonOrThrow();
                tensor.attach(manager);
                return tensor;
            }
        }

        private NDArray map(Path file) {
            try (PtNDManager scope = (PtNDManager) manager.newSubManager()) {
                byte[] path = file.toAbsolutePath().toString().getBytes(StandardCharsets.UTF_8);
                int[] codes = new int[path.length];
                for (int i = 0; i < path.length; i++) {
                    codes[i] = path[i];
                }
                NDList arguments = new NDList(scope.create(codes), scope.create(new long[] {Files.size(file) / 2}));
                NDArray mapped =
                        program.callForTraining("map_bfloat16", arguments).singletonOrThrow();
                mapped.attach(manager);
                return mapped;
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }
}
