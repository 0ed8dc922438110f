package io.lorahub.engine.safetensors;

import java.util.Optional;
import java.util.Set;
import java.util.stream.LongStream;
import java.util.stream.Stream;

/**
 * Named tensors from a safetensors file, a sharded model or a PyTorch checkpoint. Data is copied only on access, if at
 * all.
 */
public interface TensorSource extends AutoCloseable {

    /** Size of the pieces in which large tensors are read. */
    long PIECE_BYTES = 256L << 20;

    /** Names of the tensors in file order. */
    Set<String> names();

    /** Returns dtype and shape without touching the data. */
    TensorInfo info(String name);

    /** Whether the source contains data in addition to names and shapes. */
    default boolean holdsData() {
        return true;
    }

    /** A read-only view of the tensor's bytes. Throws EngineException for a tensor of more than 2 GiB. */
    TensorData tensor(String name);

    /** Part of a tensor: some of its rows. */
    record Rows(long first, TensorData data) {}

    /**
     * Returns consecutive rows (first dimension) of a tensor of any size, as views of at most {@code bytes} each, but
     * at least a row. They are created when the stream reaches them.
     */
    default Stream<Rows> rows(String name, long bytes) {
        TensorData tensor = tensor(name);
        if (tensor.shape().length == 0 || info(name).bytes() <= bytes) return Stream.of(new Rows(0, tensor));
        long row = info(name).bytes() / tensor.shape()[0];
        long step = Math.max(1, bytes / row);
        return LongStream.iterate(0, first -> first < tensor.shape()[0], first -> first + step)
                .mapToObj(first -> new Rows(first, tensor.rows(first, Math.min(step, tensor.shape()[0] - first))));
    }

    /** Rows in pieces of a common size. */
    default Stream<Rows> rows(String name) {
        return rows(name, PIECE_BYTES);
    }

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
