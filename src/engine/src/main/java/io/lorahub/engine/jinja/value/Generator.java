package io.lorahub.engine.jinja.value;

import java.util.List;

/** What Python returns from map, select and the like: it is always true, has no length, and can be read only once. */
public final class Generator {

    private List<Object> rest;

    public Generator(List<Object> values) {
        rest = values;
    }

    /** Returns the values that have not been read yet. */
    public List<Object> read() {
        List<Object> values = rest;
        rest = List.of();
        return values;
    }

    /** Reads one value; undefined when there is none. */
    public Object first() {
        if (rest.isEmpty()) return new Undefined("no first item, the sequence is empty");
        Object first = rest.get(0);
        rest = rest.subList(1, rest.size());
        return first;
    }
}
