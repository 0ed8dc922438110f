package io.lorahub.engine.jinja.value;

import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The arguments of a call, a filter or a test. */
public record CallArguments(List<Object> positional, Map<String, Object> named) {

    public static final CallArguments NONE = new CallArguments(List.of(), Map.of());

    /** Assigns the arguments to parameters. Throws JinjaException if there are more arguments than parameters. */
    public Bound bind(String function, String... parameters) {
        if (positional.size() > parameters.length) {
            throw new JinjaException(
                    "%s takes at most %d arguments, not %d".formatted(function, parameters.length, positional.size()));
        }
        Map<String, Object> values = new HashMap<>();
        for (int i = 0; i < positional.size(); i++) values.put(parameters[i], positional.get(i));
        named.forEach((name, value) -> {
            if (!List.of(parameters).contains(name)) {
                throw new JinjaException("%s has no argument %s".formatted(function, name));
            }
            values.put(name, value);
        });
        return new Bound(function, values);
    }

    public CallArguments withoutFirst() {
        return new CallArguments(positional.subList(1, positional.size()), named);
    }

    /** Arguments by the names of their parameters. */
    public record Bound(String function, Map<String, Object> values) {

        public boolean has(String name) {
            return values.containsKey(name);
        }

        public Object get(String name, Object otherwise) {
            return values.getOrDefault(name, otherwise);
        }

        public Object required(String name) {
            if (!has(name)) throw new JinjaException("%s needs the argument %s".formatted(function, name));
            return values.get(name);
        }

        public String text(String name, String otherwise) {
            Object value = get(name, otherwise);
            if (value == null || value instanceof String) return (String) value;
            throw new JinjaException("%s needs text as %s".formatted(function, name));
        }

        public int number(String name, int otherwise) {
            Object value = get(name, (long) otherwise);
            if (value instanceof Boolean flag) return flag ? 1 : 0;
            if (value instanceof Long number && Math.abs(number) <= Integer.MAX_VALUE) return number.intValue();
            throw new JinjaException("%s needs a whole number as %s".formatted(function, name));
        }
    }
}
