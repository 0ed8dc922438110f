package io.lorahub.engine.jinja.value;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** The filters that lay out or encode text: center, truncate, urlencode and wordwrap. */
final class LayoutFilters {

    /** What urllib.parse.quote leaves as it is, beside letters and digits. */
    private static final String UNRESERVED = "_.-~";

    private LayoutFilters() {}

    static Object apply(String name, PythonValues values, Object value, CallArguments arguments) {
        return switch (name) {
            case "center" -> center(values, value, arguments.bind(name, "width"));
            case "truncate" -> truncate(values, value, arguments.bind(name, "length", "killwords", "end", "leeway"));
            case "wordwrap" ->
                wordWrap(
                        values,
                        value,
                        arguments.bind(name, "width", "break_long_words", "wrapstring", "break_on_hyphens"));
            default -> {
                arguments.bind(name);
                yield urlEncode(values, value);
            }
        };
    }

    private static String center(PythonValues values, Object value, CallArguments.Bound bound) {
        String text = new PythonText(values.budget()).str(value);
        long width = bound.number("width", 80);
        long missing = Math.max(0, width - values.length(text));
        int left = (int) (missing / 2 + (missing & width & 1)); // as CPython rounds
        values.budget().spend(text.length() + missing);
        return " ".repeat(left) + text + " ".repeat((int) missing - left);
    }

    /** A value that is short enough is returned as it is, even a list. */
    private static Object truncate(PythonValues values, Object value, CallArguments.Bound bound) {
        String end = bound.text("end", "...");
        if (end == null) throw new JinjaException("truncate needs text as end");
        Object length = number(bound, "length", 255L);
        Object leeway = bound.get("leeway", null) == null ? (Object) 5L : number(bound, "leeway", 5L);
        double most = PythonValues.real(length);
        if (!(most >= values.length(end))) throw new JinjaException("the length of truncate is below that of its end");
        if (!(PythonValues.real(leeway) >= 0)) throw new JinjaException("the leeway of truncate is negative");
        if (values.length(value) <= most + PythonValues.real(leeway)) return value;
        if (!(value instanceof String text) || !(length instanceof Long whole)) {
            throw new JinjaException("truncate can cut only text, at a whole number of characters");
        }
        values.budget().spend(text.length() + (long) end.length());
        String begin = PythonStrings.slice(text, 0, (int) (whole - values.length(end)));
        int space = begin.lastIndexOf(' ');
        boolean anywhere = space < 0 || PythonValues.truth(bound.get("killwords", false));
        return (anywhere ? begin : begin.substring(0, space)) + end;
    }

    private static Object number(CallArguments.Bound bound, String name, Long otherwise) {
        Object value = bound.get(name, otherwise);
        if (PythonValues.isNumber(value)) return PythonValues.number(value);
        throw new JinjaException("%s needs a number as %s".formatted(bound.function(), name));
    }

    /** A query string of a dict or of pairs; other values are encoded for a path. */
    private static String urlEncode(PythonValues values, Object value) {
        boolean pairs = value instanceof Map
                || value instanceof List
                || value instanceof Generator
                || value instanceof Undefined;
        if (!pairs) return quote(values, value, false);
        List<Object> items =
                value instanceof Map<?, ?> map ? PythonMethods.items(map, values.budget()) : values.iterate(value);
        List<String> encoded = new ArrayList<>();
        for (Object item : items) {
            List<Object> pair = values.iterate(item);
            if (pair.size() != 2) throw new JinjaException("urlencode needs pairs of a name and a value");
            encoded.add(quote(values, pair.get(0), true) + "=" + quote(values, pair.get(1), true));
        }
        return String.join("&", encoded);
    }

    private static String quote(PythonValues values, Object value, boolean query) {
        String text = new PythonText(values.budget()).str(value);
        if (text.codePoints().anyMatch(c -> c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE)) {
            throw new JinjaException("urlencode cannot encode half of a character");
        }
        values.budget().spend(9L * text.length());
        StringBuilder quoted = new StringBuilder();
        for (byte b : text.getBytes(StandardCharsets.UTF_8)) {
            char c = (char) (b & 0xff);
            boolean kept = c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9';
            if (kept || UNRESERVED.indexOf(c) >= 0 || c == '/' && !query) quoted.append(c);
            else if (c == ' ' && query) quoted.append('+');
            else quoted.append("%%%02X".formatted((int) c));
        }
        return quoted.toString();
    }

    /** Each line of the text is a paragraph. */
    private static String wordWrap(PythonValues values, Object value, CallArguments.Bound bound) {
        if (!(value instanceof String text)) {
            throw new JinjaException("wordwrap needs text, not %s".formatted(PythonValues.type(value)));
        }
        String separator = bound.text("wrapstring", null);
        if (separator == null) separator = "\n";
        List<String> paragraphs = new ArrayList<>();
        for (Object line : PythonStrings.lines(text, false, values.budget())) {
            WordWrap wrap = new WordWrap(
                    number(bound, "width", 79L),
                    PythonValues.truth(bound.get("break_long_words", true)),
                    bound.get("break_on_hyphens", true),
                    values.budget());
            List<String> lines = wrap.lines((String) line);
            values.budget().spend((long) separator.length() * (lines.size() + 1));
            paragraphs.add(String.join(separator, lines));
        }
        return String.join(separator, paragraphs);
    }
}
