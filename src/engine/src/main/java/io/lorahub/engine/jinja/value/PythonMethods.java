package io.lorahub.engine.jinja.value;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The methods and properties of values. Methods that change a value are refused, as in transformers' sandbox. */
public final class PythonMethods {

    private static final Set<String> CHANGING = Set.of(
            "append",
            "clear",
            "extend",
            "insert",
            "pop",
            "popitem",
            "remove",
            "reverse",
            "setdefault",
            "sort",
            "update");

    private static final Pattern PLACE = Pattern.compile("\\{\\{|}}|\\{([A-Za-z_]\\w*|\\d{0,4})}|[{}]");

    private final PythonValues values;

    private PythonMethods(PythonValues values) {
        this.values = values;
    }

    /** Returns the method or property of a value, or undefined. */
    static Object find(PythonValues values, Object value, String name) {
        PythonMethods methods = new PythonMethods(values);
        Object method = null;
        if (value instanceof String text) method = methods.ofText(text, name);
        else if (value instanceof Map<?, ?> map) method = methods.ofDict(map, name);
        else if (value instanceof List<?> list) method = methods.ofList(list, name);
        else if (value instanceof JinjaNamespace namespace
                && namespace.attributes().containsKey(name)) {
            return namespace.attributes().get(name);
        } else if (value instanceof JinjaObject object) return object.attribute(name);
        if (method != null) return method;
        if (CHANGING.contains(name) && (value instanceof List || value instanceof Map)) {
            return new Undefined("a template cannot change %s (%s)".formatted(PythonValues.type(value), name));
        }
        return new Undefined("%s has no attribute '%s'".formatted(PythonValues.type(value), name));
    }

    private JinjaFunction ofDict(Map<?, ?> map, String name) {
        return switch (name) {
            case "get" ->
                arguments -> {
                    CallArguments.Bound bound = arguments.bind(name, "key", "default");
                    Object key = bound.required("key");
                    return map.containsKey(key) ? map.get(key) : bound.get("default", null);
                };
            case "items" -> none(name, () -> items(map, values.budget()));
            case "keys" -> none(name, () -> copied(map.keySet()));
            case "values" -> none(name, () -> copied(map.values()));
            case "copy" ->
                none(name, () -> {
                    values.budget().spendElements(map.size());
                    return new LinkedHashMap<Object, Object>(map);
                });
            default -> null;
        };
    }

    private List<Object> copied(Collection<?> elements) {
        values.budget().spendElements(elements.size());
        return new ArrayList<>(elements);
    }

    static List<Object> items(Map<?, ?> map, RenderBudget budget) {
        budget.spendElements(3L * map.size());
        List<Object> items = new ArrayList<>();
        map.forEach((key, value) -> {
            List<Object> pair = new ArrayList<>(2);
            pair.add(key);
            pair.add(value);
            items.add(new PythonTuple(pair));
        });
        return items;
    }

    private JinjaFunction ofList(List<?> list, String name) {
        return switch (name) {
            case "count" ->
                arguments -> {
                    Object item = arguments.bind(name, "value").required("value");
                    return list.stream().filter(v -> values.equal(v, item)).count();
                };
            case "index" ->
                arguments -> {
                    Object item = arguments.bind(name, "value").required("value");
                    for (int i = 0; i < list.size(); i++) {
                        if (values.equal(list.get(i), item)) return (long) i;
                    }
                    throw new JinjaException("index: the value isn't in the list");
                };
            case "copy" -> none(name, () -> copied(list));
            default -> null;
        };
    }

    private JinjaFunction ofText(String text, String name) {
        values.budget().spend(text.length());
        return switch (name) {
            case "strip" -> stripping(text, name, true, true);
            case "lstrip" -> stripping(text, name, true, false);
            case "rstrip" -> stripping(text, name, false, true);
            case "split", "rsplit" ->
                arguments -> {
                    CallArguments.Bound bound = arguments.bind(name, "sep", "maxsplit");
                    String separator = bound.text("sep", null);
                    int limit = bound.number("maxsplit", -1);
                    if (separator != null) values.budget().spendSearch(text, separator);
                    return name.equals("split")
                            ? PythonStrings.split(text, separator, limit, values.budget())
                            : PythonStrings.splitFromEnd(text, separator, limit, values.budget());
                };
            case "splitlines" ->
                arguments -> PythonStrings.lines(
                        text,
                        PythonValues.truth(arguments.bind(name, "keepends").get("keepends", false)),
                        values.budget());
            case "startswith" -> matching(name, text::startsWith);
            case "endswith" -> matching(name, text::endsWith);
            case "replace" ->
                arguments -> {
                    CallArguments.Bound bound = arguments.bind(name, "old", "new", "count");
                    bound.required("new");
                    return PythonStrings.replace(
                            text,
                            bound.text("old", ""),
                            bound.text("new", ""),
                            bound.number("count", -1),
                            values.budget());
                };
            case "removeprefix" -> one(text, name, s -> text.startsWith(s) ? text.substring(s.length()) : text);
            case "removesuffix" ->
                one(
                        text,
                        name,
                        s -> !s.isEmpty() && text.endsWith(s) ? text.substring(0, text.length() - s.length()) : text);
            case "find" -> one(text, name, s -> position(text, text.indexOf(s)));
            case "rfind" -> one(text, name, s -> position(text, text.lastIndexOf(s)));
            case "index" ->
                one(text, name, s -> {
                    if (text.contains(s)) return position(text, text.indexOf(s));
                    throw new JinjaException("index: the text doesn't contain the part");
                });
            case "count" ->
                one(
                        text,
                        name,
                        s -> s.isEmpty()
                                ? values.length(text) + 1
                                : (long) PythonStrings.split(text, s, -1, values.budget())
                                                .size()
                                        - 1);
            case "upper" -> none(name, () -> text.toUpperCase(Locale.ROOT));
            case "lower", "casefold" -> none(name, () -> text.toLowerCase(Locale.ROOT));
            case "title" -> none(name, () -> PythonStrings.title(text));
            case "capitalize" -> none(name, () -> PythonStrings.capitalize(text));
            case "isdigit", "isdecimal", "isnumeric" -> none(name, () -> PythonStrings.all(text, Character::isDigit));
            case "isalpha" -> none(name, () -> PythonStrings.all(text, Character::isLetter));
            case "isalnum" -> none(name, () -> PythonStrings.all(text, Character::isLetterOrDigit));
            case "isspace" -> none(name, () -> PythonStrings.all(text, PythonStrings::isSpace));
            case "isupper" -> none(name, () -> PythonStrings.hasCase(text, true));
            case "islower" -> none(name, () -> PythonStrings.hasCase(text, false));
            case "join" ->
                arguments -> joined(
                        text, values.iterate(arguments.bind(name, "iterable").required("iterable")));
            case "format" -> arguments -> formatted(text, arguments);
            default -> null;
        };
    }

    private String joined(String separator, List<Object> parts) {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < parts.size(); i++) {
            if (!(parts.get(i) instanceof String part)) {
                throw new JinjaException("join needs texts, not %s".formatted(PythonValues.type(parts.get(i))));
            }
            values.budget().spend(part.length() + separator.length());
            text.append(i > 0 ? separator : "").append(part);
        }
        return text.toString();
    }

    /** Python's str.format, with places such as {}, {0} and {name} only. */
    private String formatted(String format, CallArguments arguments) {
        StringBuilder result = new StringBuilder();
        Matcher place = PLACE.matcher(format);
        int next = 0;
        while (place.find()) {
            String field = place.group(1);
            if (place.end() - place.start() == 1) throw new JinjaException("format does not support this field");
            String written = place.group().substring(0, 1);
            if (field != null) {
                boolean named = !field.isEmpty() && !Character.isDigit(field.charAt(0));
                int index = named ? 0 : field.isEmpty() ? next++ : Integer.parseInt(field);
                boolean given = named
                        ? arguments.named().containsKey(field)
                        : index < arguments.positional().size();
                if (!given) throw new JinjaException("format has no value for {%s}".formatted(field));
                Object value = named
                        ? arguments.named().get(field)
                        : arguments.positional().get(index);
                written = new PythonText(values.budget()).str(value);
                values.budget().spend(written.length());
            }
            place.appendReplacement(result, Matcher.quoteReplacement(written));
        }
        return place.appendTail(result).toString();
    }

    private static Object position(String text, int at) {
        return at < 0 ? -1L : (long) text.codePointCount(0, at);
    }

    private static JinjaFunction stripping(String text, String name, boolean start, boolean end) {
        return arguments ->
                PythonStrings.strip(text, arguments.bind(name, "chars").text("chars", null), start, end);
    }

    private static JinjaFunction matching(String name, Function<String, Boolean> test) {
        return arguments -> {
            Object prefix = arguments.bind(name, "prefix").required("prefix");
            if (prefix instanceof String one) return test.apply(one);
            if (prefix instanceof PythonTuple several) {
                return several.stream().anyMatch(s -> s instanceof String one && test.apply(one));
            }
            throw new JinjaException("%s needs text, not %s".formatted(name, PythonValues.type(prefix)));
        };
    }

    private JinjaFunction one(String text, String name, Function<String, Object> function) {
        return arguments -> {
            CallArguments.Bound bound = arguments.bind(name, "text");
            bound.required("text");
            String part = bound.text("text", "");
            values.budget().spendSearch(text, part);
            return function.apply(part);
        };
    }

    private static JinjaFunction none(String name, java.util.function.Supplier<Object> function) {
        return arguments -> {
            arguments.bind(name);
            return function.get();
        };
    }
}
