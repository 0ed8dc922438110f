package io.lorahub.engine.checkpoint;

import static io.lorahub.engine.error.EngineException.quoted;

import io.lorahub.engine.checkpoint.Pickled.Dict;
import io.lorahub.engine.checkpoint.Pickled.Tensor;
import io.lorahub.engine.safetensors.DType;
import io.lorahub.engine.safetensors.TensorData;
import io.lorahub.engine.safetensors.TensorInfo;
import io.lorahub.engine.safetensors.TensorSource;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/**
 * A state dict written by {@code torch.save} (.bin, .pt), read without Python and without running any of its code: see
 * {@link PickleReader}. Only a flat dictionary of tensors is accepted. A training checkpoint that contains one among
 * other objects is rejected, because there is no way to know which dictionary is meant.
 */
public final class TorchCheckpoint implements TensorSource {

    private final Path path;
    private final TorchArchive archive;
    private final Map<String, Tensor> tensors;

    private TorchCheckpoint(Path path, TorchArchive archive, Map<String, Tensor> tensors) {
        this.path = path;
        this.archive = archive;
        this.tensors = tensors;
    }

    /** @throws CheckpointException if the file cannot be read or contains anything but a state dict */
    public static TorchCheckpoint open(Path path) {
        TorchArchive archive = null;
        TorchCheckpoint opened = null;
        try {
            archive = TorchArchive.open(path);
            Map<String, Tensor> tensors = tensors(new PickleReader(archive.pickle()).read());
            for (Tensor tensor : tensors.values()) archive.check(tensor.storage());
            opened = new TorchCheckpoint(path, archive, tensors);
            return opened;
        } catch (ForeignCallException e) {
            throw new ForeignCodeException(path, e);
        } catch (MalformedException | IOException e) {
            throw CheckpointException.unusable(path, e.getMessage(), e);
        } finally {
            if (opened == null && archive != null) close(path, archive);
        }
    }

    private static Map<String, Tensor> tensors(Pickled root) throws MalformedException {
        if (!(root instanceof Dict dict)) {
            throw new MalformedException("it is %s instead of a dictionary of tensors".formatted(root.kind()));
        }
        Map<String, Tensor> tensors = new LinkedHashMap<>();
        for (var item : dict.items().entrySet()) {
            if (item.getValue() instanceof Tensor tensor) {
                tensors.put(item.getKey(), tensor);
            } else {
                throw new MalformedException(
                        "its entry %s is %s, not a tensor; save only the state dict, best as safetensors"
                                .formatted(
                                        quoted(item.getKey()), item.getValue().kind()));
            }
        }
        return tensors;
    }

    @Override
    public Set<String> names() {
        return Collections.unmodifiableSet(tensors.keySet());
    }

    @Override
    public TensorInfo info(String name) {
        return stored(name).info();
    }

    @Override
    public TensorData tensor(String name) {
        Tensor tensor = stored(name);
        try {
            DType dtype = tensor.storage().dtype();
            return new TensorData(dtype, tensor.shape(), bytes(tensor, archive.storage(tensor.storage())));
        } catch (MalformedException | IOException e) {
            throw CheckpointException.unusable(path, e.getMessage(), e);
        }
    }

    private static ByteBuffer bytes(Tensor tensor, ByteBuffer storage) {
        if (!TensorView.isContiguous(tensor)) return TensorView.copy(tensor, storage);
        int size = tensor.storage().dtype().bytes();
        int begin = Math.toIntExact(tensor.offset() * size);
        return storage.slice(begin, Math.toIntExact(tensor.info().bytes())).order(ByteOrder.LITTLE_ENDIAN);
    }

    @Override
    public void release() {
        archive.release();
    }

    @Override
    public void close() {
        close(path, archive);
    }

    private Tensor stored(String name) {
        Tensor tensor = tensors.get(name);
        if (tensor == null) throw CheckpointException.unusable(path, "it has no tensor %s".formatted(quoted(name)));
        return tensor;
    }

    private static void close(Path path, TorchArchive archive) {
        try {
            archive.close();
        } catch (IOException e) {
            throw CheckpointException.unusable(path, e.getMessage(), e);
        }
    }
}
