package io.lorahub.engine.jinja.value;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import java.util.Map;

/** Writes JSON as Python's json.dumps does. Unlike Jinja's own tojson, transformers' escapes no HTML. */
public final class PythonJson {

    private final PythonValues values;
    private final boolean onlyAscii;
    private final String indent;
    private final String comma;
    private final String colon;
    private final boolean sortKeys;
    private final StringBuilder text = new StringBuilder();

    private PythonJson(PythonValues values, CallArguments.Bound arguments) {
        this.values = values;
        this.onlyAscii = PythonValues.truth(arguments.get("ensure_ascii", false));
        this.sortKeys = PythonValues.truth(arguments.get("sort_keys", false));
        Object width = arguments.get("indent", null);
        this.indent = width == null || width instanceof String
                ? (String) width
                : " ".repeat(Math.max(0, Math.min(100, arguments.number("indent", 0))));
        Object separators = arguments.get("separators", null);
        if (separators instanceof List<?> pair
                && pair.size() == 2
                && pair.get(0) instanceof String first
                && pair.get(1) instanceof String second) {
            comma = first;
            colon = second;
        } else {
            comma = indent == null ? ", " : ",";
            colon = ": ";
        }
    }

    static String dump(PythonValues values, Object value, CallArguments arguments) {
        PythonJson json =
                new PythonJson(values, arguments.bind("tojson", "ensure_ascii", "indent", "separators", "sort_keys"));
        json.write(value, 0);
        return json.text.toString();
    }

    private void write(Object value, int depth) {
        values.budget().spend(RenderBudget.STEP);
        if (value == null || value instanceof Boolean) text.append(value);
        else if (value instanceof String string) quote(string);
        else if (value instanceof Long) text.append(value);
        else if (value instanceof Double number) text.append(real(number));
        else if (value instanceof List<?> list) list(list, depth);
        else if (value instanceof Map<?, ?> map) map(map, depth);
        else throw new JinjaException("%s cannot be written as JSON".formatted(PythonValues.type(value)));
    }

    private static String real(double number) {
        if (Double.isNaN(number)) return "NaN";
        if (Double.isInfinite(number)) return number > 0 ? "Infinity" : "-Infinity";
        return PythonText.real(number);
    }

    private void list(List<?> list, int depth) {
        text.append('[');
        for (int i = 0; i < list.size(); i++) {
            if (i > 0) text.append(comma);
            line(depth + 1);
            write(list.get(i), depth + 1);
        }
        if (!list.isEmpty()) line(depth);
        text.append(']');
    }

    private void map(Map<?, ?> map, int depth) {
        List<Map.Entry<?, ?>> entries = new ArrayList<>(map.entrySet());
        if (sortKeys) entries.sort(Comparator.comparing(Map.Entry::getKey, values::compare));
        text.append('{');
        for (Iterator<Map.Entry<?, ?>> all = entries.iterator(); all.hasNext(); ) {
            Map.Entry<?, ?> entry = all.next();
            line(depth + 1);
            Object key = entry.getKey();
            quote(
                    key == null || key instanceof Boolean
                            ? String.valueOf(key)
                            : new PythonText(values.budget()).str(key));
            text.append(colon);
            write(entry.getValue(), depth + 1);
            if (all.hasNext()) text.append(comma);
        }
        if (!entries.isEmpty()) line(depth);
        text.append('}');
    }

    private void line(int depth) {
        if (indent == null) return;
        values.budget().spend(1L + (long) depth * indent.length());
        text.append('\n').append(indent.repeat(depth));
    }

    private void quote(String string) {
        values.budget().spend(string.length());
        text.append('"');
        for (int i = 0; i < string.length(); i++) {
            char c = string.charAt(i);
            switch (c) {
                case '"' -> text.append("\\\"");
                case '\\' -> text.append("\\\\");
                case '\n' -> text.append("\\n");
                case '\r' -> text.append("\\r");
                case '\t' -> text.append("\\t");
                case '\f' -> text.append("\\f");
                case '\b' -> text.append("\\b");
                default -> {
                    if (c < ' ' || onlyAscii && c > '~') text.append("\\u%04x".formatted((int) c));
                    else text.append(c);
                }
            }
        }
        text.append('"');
    }
}
