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
import io.lorahub.engine.safetensors.TensorInfo;
import io.lorahub.engine.safetensors.TensorSource;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** Loads the tensors of a base model into libtorch. */
final class WeightLoader {

    private WeightLoader() {}

    /**
     * Returns the weights in the computing type, named {@code w.<name>}. A tensor that already has this type is used
     * directly from the mapped file; other types are converted into memory of their own. The weights of norms are
     * scaled and stay in float32, see the program. DJL does not support bfloat16: such arrays may be passed to the
     * program, but their type must not be read.
     *
     * @param largestBuffer number of bytes beyond which tensors are not read through a buffer of Java
     */
    static NDList load(
            PtNDManager manager, TorchProgram program, BaseModel base, Precision precision, long largestBuffer) {
        ModelConfig config = base.config();
        NDList loaded = new NDList();
        config.programTensors().forEach((name, values) -> add(loaded, name, manager.create(values)));
        MappedFiles mapped = new MappedFiles(manager, program, largestBuffer);
        for (String name : config.shapes().keySet()) {
            if (config.isNorm(name)) {
                TensorData scale = timesRootOfWidth(base.weights().tensor(name), (float) config.normOffset());
                add(loaded, name.replace(".weight", ".scale"), array(manager, scale));
                continue;
            }
            NDArray weight = weight(manager, program, base.weights(), name, precision, mapped);
            boolean transposed = name.endsWith(".weight")
                    && config.isTransposed(name.substring(0, name.length() - ".weight".length()));
            add(loaded, name, transposed ? weight.transpose() : weight);
            if (config.tied() && name.equals(config.embedding() + ".weight")) {
                add(loaded, config.outputLayer() + ".weight", weight.reshape(weight.getShape()));
            }
        }
        return loaded;
    }

    /**
     * Returns a list with the tensors of other files in place of, or beside, those of the same names.
     *
     * @param instead  tensors' names in their file, by the names of the modules whose weight they are
     * @param manager of the new tensors; the others stay with theirs
     */
    static NDList replaced(
            NDList weights,
            PtNDManager manager,
            TorchProgram program,
            TensorSource file,
            Map<String, String> instead,
            Precision precision) {
        MappedFiles mapped = new MappedFiles(manager, program, Integer.MAX_VALUE);
        NDList loaded = new NDList();
        instead.forEach((module, tensor) ->
                add(loaded, module + ".weight", weight(manager, program, file, tensor, precision, mapped)));
        Set<String> names = loaded.stream().map(NDArray::getName).collect(Collectors.toSet());
        weights.stream().filter(array -> !names.contains(array.getName())).forEach(loaded::add);
        return loaded;
    }

    private static void add(NDList loaded, String name, NDArray array) {
        array.setName("w." + name);
        loaded.add(array);
    }

    private static NDArray weight(
            PtNDManager manager,
            TorchProgram program,
            TensorSource weights,
            String name,
            Precision precision,
            MappedFiles mapped) {
        TensorInfo info = weights.info(name);
        boolean large = info.bytes() > mapped.largest();
        boolean bfloat16 = info.dtype() == DType.BF16 && precision == Precision.BFLOAT16;
        Optional<FileRegion> region =
                weights.region(name).filter(r -> r.offset() % info.dtype().bytes() == 0);
        if (region.isPresent() && (large || bfloat16 && !manager.getDevice().isGpu())) {
            return mapped.tensor(region.get(), info);
        }
        TensorData tensor = weights.tensor(name);
        return info.dtype() == DType.F32 && precision == Precision.FLOAT32
                ? array(manager, tensor)
                : converted(manager, program, tensor);
    }

    /**
     * Scales the weights plus the offset, so that the program's norm can divide by the root of the sum of squares instead
     * of the root of their mean.
     */
    private static TensorData timesRootOfWidth(TensorData norm, float offset) {
        float[] values = norm.toFloats();
        float root = (float) Math.sqrt(values.length);
        for (int i = 0; i < values.length; i++) values[i] = (values[i] + offset) * root;
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
     * Uses tensors directly from files that libtorch maps: bfloat16, which DJL cannot create from a mapped buffer, and
     * tensors that are too large for a buffer of Java.
     */
    private static final class MappedFiles {

        private final PtNDManager manager;
        private final TorchProgram program;
        private final long largest;
        private final Map<String, NDArray> files = new HashMap<>();

        MappedFiles(PtNDManager manager, TorchProgram program, long largest) {
            this.manager = manager;
            this.program = program;
            this.largest = largest;
        }

        /** Number of bytes beyond which every tensor is mapped by libtorch. */
        long largest() {
            return largest;
        }

        /** Returns the tensor in the computing type, in the file's memory if it has that type. */
        NDArray tensor(FileRegion region, TensorInfo info) {
            try (PtNDManager scope = (PtNDManager) manager.newSubManager()) {
                String key = info.dtype() + " " + region.file();
                NDList arguments = new NDList(
                        files.computeIfAbsent(key, k -> map(region.file(), info.dtype())),
                        scope.create(new long[] {region.offset() / info.dtype().bytes()}),
                        scope.create(info.shape()));
                NDArray tensor = program.callForTraining("part", arguments).singletonOrThrow();
                tensor.attach(manager);
                return tensor;
            }
        }

        /** Maps a whole file as numbers of one type. */
        private NDArray map(Path file, DType type) {
            try (PtNDManager scope = (PtNDManager) Torch.manager(Compute.cpu())) {
                byte[] path = file.toAbsolutePath().toString().getBytes(StandardCharsets.UTF_8);
                int[] codes = new int[path.length];
                for (int i = 0; i < path.length; i++) codes[i] = path[i] & 0xff;
                long code = type == DType.BF16 ? 15 : type == DType.F16 ? 5 : type == DType.F64 ? 7 : 6;
                NDList arguments = new NDList(
                        scope.create(codes), scope.create(new long[] {Files.size(file) / type.bytes(), code}));
                NDArray mapped = program.callForTraining("map_file", arguments).singletonOrThrow();
                mapped.attach(manager);
                return mapped;
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }
}
