package io.lorahub.engine.safetensors;

import java.util.Optional;
import java.util.Set;

/**
 * Named tensors from a safetensors file, a sharded model or a PyTorch checkpoint. Data is copied only on access, if at
 * all.
 */
public interface TensorSource extends AutoCloseable {

    /** Names of the tensors in file order. */
    Set<String> names();

    /** Returns dtype and shape without touching the data. */
    TensorInfo info(String name);

    /** Whether the source contains data in addition to names and shapes. */
    default boolean holdsData() {
        return true;
    }

    /** A read-only view of the tensor's bytes. */
    TensorData tensor(String name);

    /**
     * The tensor's position in a file, for callers that map files themselves; empty if the tensor is not stored there
     * unchanged.
     */
    default Optional<FileRegion> region(String name) {
        return Optional.empty();
    }

    /** Releases the memory of data that the system can read again. All views stay valid. */
    default void release() {}

    @Override
    void close();
}
