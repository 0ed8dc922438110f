package io.lorahub.engine.safetensors;

import java.util.Optional;
import java.util.Set;

/**
 * Named tensors from a safetensors file, a sharded model or a PyTorch checkpoint. Nothing is copied before it is asked
 * for.
 */
public interface TensorSource extends AutoCloseable {

    /** In file order. */
    Set<String> names();

    /** Dtype and shape without touching the data. */
    TensorInfo info(String name);

    /** Whether there is more than names and shapes. */
    default boolean holdsData() {
        return true;
    }

    /** A read-only view of the tensor's bytes. */
    TensorData tensor(String name);

    /** Where the tensor lies in a file as it is, for who maps files himself; empty where it does not. */
    default Optional<FileRegion> region(String name) {
        return Optional.empty();
    }

    /** Gives back the memory of what was read, where the system can read it again. All views stay valid. */
    default void release() {}

    @Override
    void close();
}
