package io.lorahub.engine.inspection;

import io.lorahub.engine.safetensors.TensorData;
import io.lorahub.engine.safetensors.TensorInfo;
import io.lorahub.engine.safetensors.TensorSource;
import java.util.Set;

/** What is known about a base model whose files are elsewhere. */
record ShapesOnly(TensorSource model) implements TensorSource {

    @Override
    public Set<String> names() {
        return model.names();
    }

    @Override
    public TensorInfo info(String name) {
        return model.info(name);
    }

    @Override
    public boolean holdsData() {
        return false;
    }

    @Override
    public TensorData tensor(String name) {
        throw new UnsupportedOperationException(name);
    }

    @Override
    public void close() {}
}
