package io.lorahub.engine.safetensors;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.function.Supplier;

/** A tensor that is to be written: its type and shape at once, its bytes when their turn comes. */
public record PlannedTensor(TensorInfo info, Content content) {

    /** Where bytes go. */
    public interface Sink {
        /** Takes all that remains. */
        void write(ByteBuffer piece) throws IOException;
    }

    /** Makes the bytes of the tensor, little-endian and row-major, in as many pieces as it likes. */
    public interface Content {
        void writeTo(Sink sink) throws IOException;
    }

    public static PlannedTensor of(TensorData tensor) {
        return of(new TensorInfo(tensor.dtype(), tensor.shape()), () -> tensor);
    }

    /** @param tensor is asked for when its turn comes, and not kept */
    public static PlannedTensor of(TensorInfo info, Supplier<TensorData> tensor) {
        return new PlannedTensor(info, sink -> sink.write(tensor.get().data()));
    }
}
