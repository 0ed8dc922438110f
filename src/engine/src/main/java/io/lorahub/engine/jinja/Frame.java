package io.lorahub.engine.jinja;

import io.lorahub.engine.jinja.value.PythonValues;
import io.lorahub.engine.jinja.value.RenderBudget;
import io.lorahub.engine.jinja.value.Undefined;
import java.util.HashMap;
import java.util.Map;

/** The variables that a part of a template sees: its own, and those of the frames around it. */
final class Frame {

    private final RenderBudget budget;
    private final PythonValues values;
    private final Frame parent;
    private final Map<String, Object> variables;

    private Frame(RenderBudget budget, PythonValues values, Frame parent, Map<String, Object> variables) {
        this.budget = budget;
        this.values = values;
        this.parent = parent;
        this.variables = variables;
    }

    static Frame root(RenderBudget budget, Map<String, Object> globals) {
        return new Frame(budget, new PythonValues(budget), null, globals);
    }

    /** A frame inside this one; what it sets ends with it. */
    Frame child() {
        return new Frame(budget, values, this, new HashMap<>());
    }

    Object get(String name) {
        for (Frame frame = this; frame != null; frame = frame.parent) {
            Object value = frame.variables.get(name);
            if (value != null || frame.variables.containsKey(name)) return value;
        }
        return new Undefined("'%s' is undefined".formatted(name));
    }

    void set(String name, Object value) {
        variables.put(name, value);
    }

    RenderBudget budget() {
        return budget;
    }

    PythonValues values() {
        return values;
    }

    Output output() {
        return new Output(budget);
    }
}
