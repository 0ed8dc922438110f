package io.lorahub.engine.preset;

import io.lorahub.engine.lora.check.LoraModule;
import io.lorahub.engine.lora.merge.LoraModules;
import io.lorahub.engine.lora.merge.ModuleShape;
import io.lorahub.engine.model.family.ModelConfig;
import io.lorahub.engine.safetensors.TensorData;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * Adds modules of zeros where an adapter adapts a projection in some layers only. LoRAX loads the factors of a
 * projection for all layers at once, and silently leaves out a projection that is missing in one of them.
 */
final class AllLayers {

    private AllLayers() {}

    static LoraModules of(LoraModules modules, ModelConfig config) {
        Set<String> projections =
                modules.shapes().keySet().stream().map(AllLayers::projection).collect(Collectors.toSet());
        SortedMap<String, ModuleShape> shapes = new TreeMap<>(modules.shapes());
        config.modules().forEach((name, shape) -> {
            if (projections.contains(projection(name))) {
                shapes.putIfAbsent(name, new ModuleShape(1, (int) shape[1], (int) shape[0], false, false));
            }
        });
        return new LoraModules(
                shapes, name -> modules.shapes().containsKey(name) ? modules.get(name) : zero(name, shapes.get(name)));
    }

    /** The name without the number of its layer. */
    private static String projection(String module) {
        return module.replaceFirst("\\.\\d+\\.", ".{}.");
    }

    private static LoraModule zero(String name, ModuleShape shape) {
        return LoraModule.linear(
                name,
                TensorData.of(new float[shape.in()], 1, shape.in()),
                TensorData.of(new float[shape.out()], shape.out(), 1),
                1);
    }
}
