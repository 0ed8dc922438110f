package io.lorahub.engine.jinja;

import io.lorahub.engine.jinja.value.CallArguments;
import io.lorahub.engine.jinja.value.JinjaFunction;
import io.lorahub.engine.jinja.value.JinjaObject;
import io.lorahub.engine.jinja.value.PythonValues;
import io.lorahub.engine.jinja.value.RenderBudget;
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
        LoopState loop = new LoopState(elements, depth);
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
            if (PythonValues.truth(condition.evaluate(inner))) selected.add(element);
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
}
