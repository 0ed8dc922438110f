package io.lorahub.engine.model;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.pytorch.engine.PtNDManager;
import io.lorahub.engine.safetensors.FileRegion;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;

/** bfloat16 tensors in the files where they lie. DJL cannot make them from a mapped buffer, so libtorch maps the files. */
final class MappedBfloat16 {

    private final PtNDManager manager;
    private final TorchProgram program;
    private final Map<Path, NDArray> files = new HashMap<>();

    MappedBfloat16(PtNDManager manager, TorchProgram program) {
        this.manager = manager;
        this.program = program;
    }

    /** Whether the place can be used as it is: bfloat16 lies at even offsets. */
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
            NDArray mapped = program.callForTraining("map_bfloat16", arguments).singletonOrThrow();
            mapped.attach(manager);
            return mapped;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
