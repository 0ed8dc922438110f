package io.lorahub.engine.jinja;

import io.lorahub.engine.jinja.value.CallArguments;
import io.lorahub.engine.jinja.value.JinjaException;
import io.lorahub.engine.jinja.value.JinjaFunction;
import io.lorahub.engine.jinja.value.PythonTuple;
import io.lorahub.engine.jinja.value.Undefined;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** A macro: a function that returns the text its body writes. It sees the variables of the place of its definition. */
record JinjaMacro(Definition definition, Frame place) implements JinjaFunction {

    static final String CALLER = "caller";

    private static final String MORE_VALUES = "varargs";
    private static final String MORE_NAMES = "kwargs";

    /** A parameter and its default, which is null if there is none. */
    record Parameter(String name, Expression otherwise) {}

    /** A macro as written; names has every name that its body uses. */
    record Definition(String name, List<Parameter> parameters, Statement body, Set<String> names) {}

    String name() {
        return definition.name();
    }

    @Override
    public String call(CallArguments arguments) {
        Frame frame = place.child();
        Map<String, Object> named = new LinkedHashMap<>(arguments.named());
        List<Object> positional = arguments.positional();
        int size = definition.parameters().size();
        for (int i = 0; i < size; i++) {
            Parameter parameter = definition.parameters().get(i);
            Object value;
            if (i < positional.size()) value = positional.get(i);
            else if (named.containsKey(parameter.name())) value = named.remove(parameter.name());
            else if (parameter.otherwise() != null)
                value = parameter.otherwise().evaluate(frame);
            else value = new Undefined("the argument '%s' was not given".formatted(parameter.name()));
            frame.set(parameter.name(), value);
        }
        Set<String> names = definition.names();
        if (names.contains(CALLER)) {
            Object caller = new Undefined("no caller is defined");
            frame.set(CALLER, named.containsKey(CALLER) ? named.remove(CALLER) : caller);
        }
        if (names.contains(MORE_NAMES)) {
            frame.set(MORE_NAMES, new LinkedHashMap<Object, Object>(named));
        } else if (!named.isEmpty()) {
            throw new JinjaException("macro '%s' has no parameter '%s'"
                    .formatted(name(), named.keySet().iterator().next()));
        }
        if (names.contains(MORE_VALUES)) {
            int from = Math.min(size, positional.size());
            frame.set(MORE_VALUES, new PythonTuple(new ArrayList<>(positional.subList(from, positional.size()))));
        } else if (positional.size() > size) {
            throw new JinjaException(
                    "macro '%s' takes at most %d arguments, not %d".formatted(name(), size, positional.size()));
        }
        Output text = frame.output();
        definition.body().render(frame, text);
        return text.text();
    }
}
