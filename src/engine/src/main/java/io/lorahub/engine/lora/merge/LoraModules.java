package io.lorahub.engine.lora.merge;

import io.lorahub.engine.lora.check.LoraModule;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Function;

/**
 * The modules of an adapter that may not exist yet. All shapes are known, and the tensors of a module are created on
 * access, so processing modules one by one needs memory for only one.
 */
public final class LoraModules {

    private final SortedMap<String, ModuleShape> shapes;
    private final Function<String, LoraModule> make;

    /** @param make creates the module of a name; called on every access */
    public LoraModules(SortedMap<String, ModuleShape> shapes, Function<String, LoraModule> make) {
        this.shapes = shapes;
        this.make = make;
    }

    /** Wraps existing modules. */
    public static LoraModules of(SortedMap<String, LoraModule> modules) {
        SortedMap<String, ModuleShape> shapes = new TreeMap<>();
        modules.forEach((name, module) -> shapes.put(name, ModuleShape.of(module)));
        return new LoraModules(shapes, modules::get);
    }

    public SortedMap<String, ModuleShape> shapes() {
        return shapes;
    }

    /** Creates the named module. Each call creates it anew, and no reference to it is kept. */
    public LoraModule get(String name) {
        return make.apply(name);
    }

    public boolean isEmpty() {
        return shapes.isEmpty();
    }

    /** The largest rank of all modules; 0 if there are no modules. */
    public int rank() {
        return shapes.values().stream().mapToInt(ModuleShape::rank).max().orElse(0);
    }

    /** Creates all modules at once, for adapters that are small enough. */
    public SortedMap<String, LoraModule> all() {
        SortedMap<String, LoraModule> all = new TreeMap<>();
        shapes.keySet().forEach(name -> all.put(name, get(name)));
        return all;
    }
}
