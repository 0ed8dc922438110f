package io.lorahub.engine.jinja;

import io.lorahub.engine.jinja.value.JinjaException;
import io.lorahub.engine.jinja.value.PythonValues;
import io.lorahub.engine.jinja.value.RenderBudget;
import java.time.Clock;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A chat template in the Jinja language, with the settings of transformers' {@code apply_chat_template}: trim_blocks,
 * lstrip_blocks, break and continue, {@code generation} blocks, and the functions raise_exception and strftime_now.
 * Includes, imports, inheritance and autoescape are not supported.
 */
public final class JinjaTemplate {

    private static final int MAX_LENGTH = 1_000_000;

    private final Statement body;

    private JinjaTemplate(Statement body) {
        this.body = body;
    }

    /** Parses a template. Throws JinjaException if it is not valid. */
    public static JinjaTemplate parse(String source) {
        if (source.length() > MAX_LENGTH) {
            throw new JinjaException("it has more than %,d characters".formatted(MAX_LENGTH));
        }
        try {
            return new JinjaTemplate(new TemplateParser(new JinjaLexer(source).tokens()).parse());
        } catch (StackOverflowError e) {
            throw new JinjaException("it is nested too deeply");
        }
    }

    /**
     * Renders the template.
     *
     * @param variables texts, booleans, numbers, null, lists and maps of these
     * @param clock the time that strftime_now formats
     * @throws JinjaException if the template fails, calls raise_exception or exceeds the limits of a rendering
     */
    public String render(Map<String, Object> variables, Clock clock) {
        RenderBudget budget = new RenderBudget();
        Map<String, Object> globals = new HashMap<>(JinjaGlobals.of(new PythonValues(budget), clock));
        variables.forEach((name, value) -> globals.put(name, plain(value)));
        Output output = new Output(budget);
        try {
            body.render(Frame.root(budget, globals), output);
        } catch (StackOverflowError e) {
            throw new JinjaException("it is nested too deeply");
        }
        return output.text();
    }

    private static Object plain(Object value) {
        if (value == null || value instanceof String || value instanceof Boolean || value instanceof Double) {
            return value;
        }
        if (value instanceof Integer || value instanceof Long) return ((Number) value).longValue();
        if (value instanceof Map<?, ?> map) {
            Map<Object, Object> copy = new LinkedHashMap<>();
            map.forEach((k, v) -> copy.put(plain(k), plain(v)));
            return copy;
        }
        if (value instanceof List<?> list) {
            List<Object> copy = new ArrayList<>();
            list.forEach(v -> copy.add(plain(v)));
            return copy;
        }
        throw new IllegalArgumentException("A template can't use a value of " + value.getClass());
    }
}
