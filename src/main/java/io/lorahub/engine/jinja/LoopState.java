package io.lorahub.engine.jinja;

import io.lorahub.engine.jinja.value.CallArguments;
import io.lorahub.engine.jinja.value.JinjaException;
import io.lorahub.engine.jinja.value.JinjaFunction;
import io.lorahub.engine.jinja.value.JinjaObject;
import io.lorahub.engine.jinja.value.Undefined;
import java.util.List;

/** The variable {@code loop}. */
final class LoopState implements JinjaObject {

    private final List<Object> elements;
    private final int depth;
    private int index;

    LoopState(List<Object> elements, int depth) {
        this.elements = elements;
        this.depth = depth;
    }

    void moveTo(int position) {
        index = position;
    }

    @Override
    public Object attribute(String name) {
        int size = elements.size();
        return switch (name) {
            case "index" -> (long) index + 1;
            case "index0" -> (long) index;
            case "revindex" -> (long) size - index;
            case "revindex0" -> (long) size - index - 1;
            case "first" -> index == 0;
            case "last" -> index == size - 1;
            case "length" -> (long) size;
            case "depth" -> (long) depth + 1;
            case "depth0" -> (long) depth;
            case "previtem" -> index > 0 ? elements.get(index - 1) : new Undefined("there is no previous item");
            case "nextitem" -> index < size - 1 ? elements.get(index + 1) : new Undefined("there is no next item");
            case "cycle" -> (JinjaFunction) this::cycle;
            default -> new Undefined("loop has no attribute '%s'".formatted(name));
        };
    }

    private Object cycle(CallArguments arguments) {
        List<Object> choices = arguments.positional();
        if (choices.isEmpty()) throw new JinjaException("loop.cycle needs values");
        return choices.get(index % choices.size());
    }
}
