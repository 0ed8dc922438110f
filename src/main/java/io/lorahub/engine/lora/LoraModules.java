package io.lorahub.engine.lora;

import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Function;

/**
 * The modules of an adapter that may not exist yet. All shapes are known; the tensors of a module are made when it is
 * asked for, so that whoever takes one module after another needs memory for one.
 */
public final class LoraModules {

    private final SortedMap<String, ModuleShape> shapes;
    private final Function<String, LoraModule> make;

    /** @param make the module of a name; called on every access */
    public LoraModules(SortedMap<String, ModuleShape> shapes, Function<String, LoraModule> make) {
        this.shapes = shapes;
        this.make = make;
    }

    /** Of modules that are there. */
    public static LoraModules of(SortedMap<String, LoraModule> modules) {
        SortedMap<String, ModuleShape> shapes = new TreeMap<>();
        modules.forEach((name, module) -> shapes.put(name, ModuleShape.of(module)));
        return new LoraModules(shapes, modules::get);
    }

    public SortedMap<String, ModuleShape> shapes() {
        return shapes;
    }

    /** The module of one of the names. It is made anew at each call and kept by nobody else. */
    public LoraModule get(String name) {
        return make.apply(name);
    }

    public boolean isEmpty() {
        return shapes.isEmpty();
    }

    /** The largest of all modules; 0 where there is none. */
    public int rank() {
        return shapes.values().stream().mapToInt(ModuleShape::rank).max().orElse(0);
    }

    /** All of them at once, for adapters that are small enough. */
    public SortedMap<String, LoraModule> all() {
        SortedMap<String, LoraModule> all = new TreeMap<>();
        shapes.keySet().forEach(name -> all.put(name, get(name)));
        return all;
    }
}
