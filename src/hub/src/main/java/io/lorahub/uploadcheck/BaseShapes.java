package io.lorahub.uploadcheck;

import io.lorahub.engine.safetensors.TensorData;
import io.lorahub.engine.safetensors.TensorInfo;
import io.lorahub.engine.safetensors.TensorSource;
import java.util.Map;
import java.util.Set;

/**
 * Names and shapes of a base model's tensors, which is all that adapters are compared with; the model's files are not
 * needed.
 */
record BaseShapes(Map<String, TensorInfo> tensors) implements TensorSource {

    @Override
    public Set<String> names() {
        return tensors.keySet();
    }

    @Override
    public TensorInfo info(String name) {
        return tensors.get(name);
    }

    @Override
    public boolean holdsData() {
        return false;
    }

    @Override
    public TensorData tensor(String name) {
        throw new UnsupportedOperationException("Only the shapes of the base model are available here.");
    }

    @Override
    public void close() {
        // nothing is open
    }
}
