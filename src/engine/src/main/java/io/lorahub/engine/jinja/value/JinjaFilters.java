package io.lorahub.engine.jinja.value;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The filters that take single values: {@code value | name(arguments)}. Those of lists are in ListFilters, those that lay out
 * text in LayoutFilters. */
public final class JinjaFilters {

    public static final Set<String> NAMES = Set.of(
            "abs",
            "batch",
            "capitalize",
            "center",
            "count",
            "d",
            "default",
            "dictsort",
            "e",
            "escape",
            "first",
            "float",
            "format",
            "groupby",
            "indent",
            "int",
            "items",
            "join",
            "last",
            "length",
            "list",
            "lower",
            "map",
            "max",
            "min",
            "reject",
            "rejectattr",
            "replace",
            "reverse",
            "round",
            "safe",
            "select",
            "selectattr",
            "slice",
            "sort",
            "string",
            "sum",
            "title",
            "tojson",
            "trim",
            "truncate",
            "unique",
            "upper",
            "urlencode",
            "wordcount",
            "wordwrap");

    private static final Pattern WORD_BEGINNING = Pattern.compile("[^-\\s({\\[<]+|[-\\s({\\[<]+");

    private static final Pattern WORD = Pattern.compile("[\\p{L}\\p{N}_]+");

    private JinjaFilters() {}

    public static Object apply(String name, PythonValues values, Object value, CallArguments arguments) {
        if (!NAMES.contains(name)) throw new JinjaException("the filter '%s' is not supported".formatted(name));
        return switch (name) {
            case "abs" -> abs(value);
            case "round" -> round(value, arguments.bind(name, "precision", "method"));
            case "float" -> number(value, arguments.bind(name, "default"), true);
            case "int" -> number(value, arguments.bind(name, "default", "base"), false);
            case "tojson" -> PythonJson.dump(values, value, arguments);
            case "default", "d" -> otherwise(value, arguments.bind(name, "default_value", "boolean"));
            case "length", "count" -> values.length(value);
            case "items" -> items(value, values.budget());
            case "dictsort" -> ListFilters.dictSort(values, value, arguments);
            case "string", "safe" -> text(values, value);
            case "center", "truncate", "urlencode", "wordwrap" -> LayoutFilters.apply(name, values, value, arguments);
            case "capitalize",
                    "e",
                    "escape",
                    "indent",
                    "lower",
                    "format",
                    "replace",
                    "title",
                    "trim",
                    "upper",
                    "wordcount" -> ofText(name, values, text(values, value), arguments);
            default -> ListFilters.apply(name, values, value, arguments);
        };
    }

    private static String text(PythonValues values, Object value) {
        String text = new PythonText(values.budget()).str(value);
        values.budget().spend(text.length());
        return text;
    }

    private static Object ofText(String name, PythonValues values, String text, CallArguments arguments) {
        return switch (name) {
            case "trim" ->
                PythonStrings.strip(text, arguments.bind(name, "chars").text("chars", null), true, true);
            case "upper" -> text.toUpperCase(Locale.ROOT);
            case "lower" -> text.toLowerCase(Locale.ROOT);
            case "capitalize" -> PythonStrings.capitalize(text);
            case "title" -> title(text);
            case "format" -> {
                boolean byName = !arguments.named().isEmpty();
                if (byName && !arguments.positional().isEmpty()) {
                    throw new JinjaException("format takes values in order or by name, not both");
                }
                Object operand = byName ? arguments.named() : new PythonTuple(arguments.positional());
                yield PercentFormat.apply(text, operand, values.budget());
            }
            case "wordcount" -> WORD.matcher(text).results().count();
            case "replace" -> {
                CallArguments.Bound bound = arguments.bind(name, "old", "new", "count");
                String old = text(values, bound.required("old"));
                String replacement = text(values, bound.required("new"));
                int count = bound.get("count", null) == null ? -1 : bound.number("count", -1);
                yield PythonStrings.replace(text, old, replacement, count, values.budget());
            }
            case "indent" -> indent(text, arguments.bind(name, "width", "first", "blank"), values.budget());
            default -> escape(text, values.budget());
        };
    }

    private static Object abs(Object value) {
        Object number = PythonValues.number(value);
        if (number instanceof Long whole) return Math.abs(whole);
        if (number instanceof Double real) return Math.abs(real);
        throw new JinjaException("abs needs a number, not %s".formatted(PythonValues.type(value)));
    }

    private static Object round(Object value, CallArguments.Bound bound) {
        int precision = Math.max(-300, Math.min(300, bound.number("precision", 0)));
        RoundingMode mode =
                switch (bound.text("method", "common")) {
                    case "common" -> RoundingMode.HALF_EVEN;
                    case "ceil" -> RoundingMode.CEILING;
                    case "floor" -> RoundingMode.FLOOR;
                    default -> throw new JinjaException("the method of round must be common, ceil or floor");
                };
        Object number = PythonValues.number(value);
        if (number instanceof Long whole && mode == RoundingMode.HALF_EVEN) {
            return BigDecimal.valueOf(whole)
                    .setScale(Math.min(0, precision), mode)
                    .longValueExact();
        }
        if (!PythonValues.isNumber(number) || !Double.isFinite(PythonValues.real(number))) {
            throw new JinjaException("round needs a number, not %s".formatted(PythonValues.type(value)));
        }
        return new BigDecimal(PythonValues.real(number))
                .setScale(precision, mode)
                .doubleValue();
    }

    private static Object otherwise(Object value, CallArguments.Bound bound) {
        boolean missing = value instanceof Undefined
                || PythonValues.truth(bound.get("boolean", false)) && !PythonValues.truth(value);
        return missing ? bound.get("default_value", "") : value;
    }

    private static Object items(Object value, RenderBudget budget) {
        if (value instanceof Undefined) return new Generator(List.of());
        if (value instanceof Map<?, ?> map) return new Generator(PythonMethods.items(map, budget));
        throw new JinjaException("items needs a dict, not %s".formatted(PythonValues.type(value)));
    }

    private static Object number(Object value, CallArguments.Bound bound, boolean real) {
        if (bound.has("base") && bound.number("base", 10) != 10) throw new JinjaException("int supports only base 10");
        Object otherwise = bound.get("default", real ? (Object) 0.0 : (Object) 0L);
        Object number = PythonValues.number(value);
        if (number instanceof Long whole) return real ? (Object) whole.doubleValue() : whole;
        if (number instanceof Double d) {
            boolean finite = !d.isNaN() && !d.isInfinite();
            return real ? d : finite ? (Object) d.longValue() : otherwise;
        }
        if (!(value instanceof String text)) return otherwise;
        String digits = PythonStrings.strip(text, null, true, true).replace("_", "");
        try {
            if (!real && digits.matches("[-+]?\\d+")) return Long.parseLong(digits);
            if (!digits.matches("[-+]?(\\d+\\.?\\d*|\\.\\d+)([eE][-+]?\\d+)?")) return otherwise;
            double parsed = Double.parseDouble(digits);
            return real ? (Object) parsed : (Object) (long) parsed;
        } catch (NumberFormatException e) {
            return otherwise;
        }
    }

    private static String title(String text) {
        StringBuilder title = new StringBuilder();
        for (Matcher word = WORD_BEGINNING.matcher(text); word.find(); ) {
            title.append(PythonStrings.capitalize(word.group()));
        }
        return title.toString();
    }

    private static String indent(String text, CallArguments.Bound bound, RenderBudget budget) {
        String indent = bound.get("width", 4L) instanceof String prefix
                ? prefix
                : " ".repeat(Math.max(0, Math.min(1000, bound.number("width", 4))));
        boolean blank = PythonValues.truth(bound.get("blank", false));
        List<Object> lines = PythonStrings.lines(text + "\n", false, budget);
        budget.spend(text.length() + (long) lines.size() * indent.length());
        List<String> indented = new ArrayList<>();
        for (Object line : lines) {
            boolean plain = indented.isEmpty() || line.equals("") && !blank;
            indented.add(plain ? (String) line : indent + line);
        }
        return (PythonValues.truth(bound.get("first", false)) ? indent : "") + String.join("\n", indented);
    }

    private static String escape(String text, RenderBudget budget) {
        budget.spend(text.length() * 5L);
        return text.replace("&", "&amp;")
                .replace(">", "&gt;")
                .replace("<", "&lt;")
                .replace("'", "&#39;")
                .replace("\"", "&#34;");
    }
}
