package io.lorahub.engine.safetensors;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Iterator;
import java.util.function.Supplier;

/** A tensor to be written: its type and shape are known in advance, its bytes are produced in turn. */
public record PlannedTensor(TensorInfo info, Content content) {

    /** Receives the bytes. */
    public interface Sink {
        /** Takes all remaining bytes. */
        void write(ByteBuffer piece) throws IOException;
    }

    /** Produces the bytes of the tensor, little-endian and row-major, in any number of pieces. */
    public interface Content {
        void writeTo(Sink sink) throws IOException;
    }

    public static PlannedTensor of(TensorData tensor) {
        return of(new TensorInfo(tensor.dtype(), tensor.shape()), () -> tensor);
    }

    /** @param tensor called when the tensor is written; the result is not kept */
    public static PlannedTensor of(TensorInfo info, Supplier<TensorData> tensor) {
        return new PlannedTensor(info, sink -> sink.write(tensor.get().data()));
    }

    /** A tensor of any size as it is in another source, read when it is written. */
    public static PlannedTensor copyOf(TensorSource source, String name) {
        return new PlannedTensor(source.info(name), sink -> {
            for (Iterator<TensorSource.Rows> rows = source.rows(name).iterator(); rows.hasNext(); ) {
                sink.write(rows.next().data().data());
            }
        });
    }
}
