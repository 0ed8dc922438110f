package io.lorahub.uploadcheck;

import io.lorahub.engine.model.BaseModel;
import io.lorahub.engine.safetensors.TensorData;
import io.lorahub.engine.safetensors.TensorInfo;
import io.lorahub.engine.safetensors.TensorSource;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/**
 * Names and shapes of a base model's tensors, which is all that adapters are compared with; the model's files are not
 * needed.
 */
record BaseShapes(Map<String, TensorInfo> tensors) implements TensorSource {

    static BaseShapes read(Path folder) {
        try (BaseModel model = BaseModel.open(folder)) {
            Map<String, TensorInfo> tensors = new LinkedHashMap<>();
            model.weights()
                    .names()
                    .forEach(name -> tensors.put(name, model.weights().info(name)));
            // as [out, in], whatever way they are stored
            model.config()
                    .modules()
                    .forEach((module, shape) -> tensors.computeIfPresent(
                            module + ".weight", (name, info) -> new TensorInfo(info.dtype(), shape)));
            return new BaseShapes(tensors);
        }
    }

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
