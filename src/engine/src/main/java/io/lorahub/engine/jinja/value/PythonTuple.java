package io.lorahub.engine.jinja.value;

import java.util.AbstractList;
import java.util.List;

/** A Python tuple: a list that prints with parentheses and never equals a list. */
public final class PythonTuple extends AbstractList<Object> {

    private final List<Object> values;

    public PythonTuple(List<Object> values) {
        this.values = values;
    }

    @Override
    public Object get(int index) {
        return values.get(index);
    }

    @Override
    public int size() {
        return values.size();
    }
}
