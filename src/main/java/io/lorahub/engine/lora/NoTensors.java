package io.lorahub.engine.lora;

import io.lorahub.engine.safetensors.TensorData;
import io.lorahub.engine.safetensors.TensorInfo;
import io.lorahub.engine.safetensors.TensorSource;
import java.util.NoSuchElementException;
import java.util.Set;

/** In the place of weights that cannot be read, so that the configuration is checked nevertheless. */
final class NoTensors implements TensorSource {

    @Override
    public Set<String> names() {
        return Set.of();
    }

    @Override
    public TensorInfo info(String name) {
        throw new NoSuchElementException(name);
    }

    @Override
    public TensorData tensor(String name) {
        throw new NoSuchElementException(name);
    }

    @Override
    public void close() {
        // nothing is open
    }
}
