package io.lorahub.engine.jinja;

import io.lorahub.engine.jinja.value.CallArguments;
import io.lorahub.engine.jinja.value.JinjaException;
import io.lorahub.engine.jinja.value.JinjaFunction;
import io.lorahub.engine.jinja.value.JinjaObject;
import io.lorahub.engine.jinja.value.PythonValues;
import io.lorahub.engine.jinja.value.RenderBudget;
import io.lorahub.engine.jinja.value.Undefined;
import java.util.ArrayList;
import java.util.List;

/** A for loop. Variables that its body sets end with the iteration. */
record ForLoop(
        AssignmentTarget target,
        Expression values,
        Expression condition,
        boolean recursive,
        Statement body,
        Statement otherwise)
        implements Statement {

    @Override
    public Next render(Frame frame, Output output) {
        render(frame, values.evaluate(frame), 0, output);
        return Next.STATEMENT;
    }

    private void render(Frame frame, Object value, int depth, Output output) {
        List<Object> elements = selected(frame, frame.values().iterate(value));
        LoopState loop = new LoopState(elements, depth, frame.values());
        for (int i = 0; i < elements.size(); i++) {
            frame.budget().spend(RenderBudget.STEP);
            loop.moveTo(i);
            Frame inner = frame.child();
            target.assign(inner, elements.get(i));
            inner.set("loop", recursive ? new Recursive(this, loop, frame, depth) : loop);
            if (body.render(inner, output) == Next.BREAK) break;
        }
        if (elements.isEmpty() && otherwise != null) otherwise.render(frame.child(), output);
    }

    private List<Object> selected(Frame frame, List<Object> elements) {
        if (condition == null) return elements;
        List<Object> selected = new ArrayList<>();
        for (Object element : elements) {
            frame.budget().spend(RenderBudget.STEP);
            Frame inner = frame.child();
            target.assign(inner, element);
            if (!PythonValues.truth(condition.evaluate(inner))) continue;
            frame.budget().spendElements(1);
            selected.add(element);
        }
        return selected;
    }

    /** The loop variable of a recursive loop, which can be called with other values. */
    private record Recursive(ForLoop owner, LoopState state, Frame frame, int depth)
            implements JinjaFunction, JinjaObject {

        @Override
        public Object attribute(String name) {
            return state.attribute(name);
        }

        @Override
        public Object call(CallArguments arguments) {
            Output text = frame.output();
            Object values = arguments.bind("loop", "values").required("values");
            owner.render(frame, values, depth + 1, text);
            return text.text();
        }
    }

    /** The variable {@code loop}. */
    private static final class LoopState implements JinjaObject {

        private final List<Object> elements;
        private final int depth;
        private final PythonValues values;
        private int index;
        private List<Object> lastSeen;

        LoopState(List<Object> elements, int depth, PythonValues values) {
            this.elements = elements;
            this.depth = depth;
            this.values = values;
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
                case "changed" -> (JinjaFunction) this::changed;
                default -> new Undefined("loop has no attribute '%s'".formatted(name));
            };
        }

        /** Whether the values differ from those of the last call in this loop. */
        private Object changed(CallArguments arguments) {
            boolean same = lastSeen != null && values.equal(lastSeen, arguments.positional());
            lastSeen = new ArrayList<>(arguments.positional());
            return !same;
        }

        private Object cycle(CallArguments arguments) {
            List<Object> choices = arguments.positional();
            if (choices.isEmpty()) throw new JinjaException("loop.cycle needs values");
            return choices.get(index % choices.size());
        }
    }
}
