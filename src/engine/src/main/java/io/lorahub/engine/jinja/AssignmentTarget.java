package io.lorahub.engine.jinja;

import io.lorahub.engine.jinja.value.JinjaException;
import io.lorahub.engine.jinja.value.JinjaNamespace;
import java.util.List;

/** What a value is assigned to: a variable, an attribute of a namespace, or several of these. */
@FunctionalInterface
interface AssignmentTarget {

    void assign(Frame frame, Object value);

    static AssignmentTarget variable(String name) {
        return (frame, value) -> frame.set(name, value);
    }

    static AssignmentTarget attribute(String namespace, String attribute) {
        return (frame, value) -> {
            if (!(frame.get(namespace) instanceof JinjaNamespace target)) {
                throw new JinjaException(
                        "'%s' is not a namespace, so its attributes cannot be set".formatted(namespace));
            }
            target.attributes().put(attribute, value);
        };
    }

    static AssignmentTarget tuple(List<AssignmentTarget> targets) {
        return (frame, value) -> {
            List<Object> values = frame.values().iterate(value);
            if (values.size() != targets.size()) {
                throw new JinjaException(
                        "%d values cannot be assigned to %d variables".formatted(values.size(), targets.size()));
            }
            for (int i = 0; i < targets.size(); i++) targets.get(i).assign(frame, values.get(i));
        };
    }
}
