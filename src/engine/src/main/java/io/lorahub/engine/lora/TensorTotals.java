package io.lorahub.engine.lora;

import io.lorahub.engine.safetensors.TensorInfo;
import io.lorahub.engine.safetensors.TensorSource;
import java.util.SortedSet;
import java.util.TreeSet;

/** The number, types and size of the values in a file. */
public record TensorTotals(long parameters, SortedSet<String> dtypes, long bytes) {

    public static TensorTotals of(TensorSource tensors) {
        long parameters = 0;
        long bytes = 0;
        SortedSet<String> dtypes = new TreeSet<>();
        for (String name : tensors.names()) {
            TensorInfo info = tensors.info(name);
            long elements = 1;
            for (long size : info.shape()) elements *= size;
            parameters += elements;
            bytes += elements * info.dtype().bytes();
            dtypes.add(info.dtype().name());
        }
        return new TensorTotals(parameters, dtypes, bytes);
    }
}
