package io.lorahub.engine.jinja.value;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.UnaryOperator;

/** The filters of lists. */
public final class ListFilters {

    private ListFilters() {}

    static Object apply(String name, PythonValues values, Object value, CallArguments arguments) {
        if (name.equals("first") && value instanceof Generator generator) return generator.first();
        if (name.equals("reverse") && value instanceof String text) {
            return new StringBuilder(text).reverse().toString();
        }
        boolean selection = name.equals("map") || name.startsWith("select") || name.startsWith("reject");
        List<Object> list = selection && !PythonValues.truth(value) ? List.of() : values.iterate(value);
        // for the copies that nearly all of them make
        values.budget().spendElements(list.size());
        return switch (name) {
            case "first" -> list.isEmpty() ? new Undefined("no first item, the sequence is empty") : list.get(0);
            case "last" -> last(value, list);
            case "list" -> new ArrayList<>(list);
            case "reverse" -> new Generator(reversed(list));
            case "join" -> join(values, list, arguments.bind(name, "d", "attribute"));
            case "sum" -> sum(values, list, arguments.bind(name, "attribute", "start"));
            case "sort" -> sort(values, list, arguments.bind(name, "reverse", "case_sensitive", "attribute"));
            case "max" -> largest(values, list, arguments.bind(name, "case_sensitive", "attribute"), 1);
            case "min" -> largest(values, list, arguments.bind(name, "case_sensitive", "attribute"), -1);
            case "groupby" -> groups(values, list, arguments.bind(name, "attribute", "default", "case_sensitive"));
            case "unique" -> unique(values, list, arguments.bind(name, "case_sensitive", "attribute"));
            case "map" -> map(values, list, arguments);
            case "batch" -> batch(values, list, arguments.bind(name, "linecount", "fill_with"));
            case "slice" -> slice(values, list, arguments.bind(name, "slices", "fill_with"));
            default -> select(name, values, list, arguments);
        };
    }

    private static Object last(Object value, List<Object> list) {
        if (value instanceof Generator) throw new JinjaException("last needs a list");
        return list.isEmpty() ? new Undefined("no last item, the sequence is empty") : list.get(list.size() - 1);
    }

    private static List<Object> reversed(List<Object> list) {
        List<Object> reversed = new ArrayList<>(list);
        Collections.reverse(reversed);
        return reversed;
    }

    private static UnaryOperator<Object> getter(PythonValues values, Object attribute) {
        return getter(values, attribute, null);
    }

    /**
     * Returns the function that reads an attribute such as {@code function.name} or {@code 0}.
     *
     * @param otherwise what a part of it is where it is undefined; null to leave it so
     */
    private static UnaryOperator<Object> getter(PythonValues values, Object attribute, Object otherwise) {
        if (attribute == null) return value -> value;
        if (!(attribute instanceof String || attribute instanceof Long)) {
            throw new JinjaException("an attribute must be given by name");
        }
        List<Object> parts = attribute instanceof String path
                ? PythonStrings.split(path, ".", -1, values.budget())
                : List.of(attribute);
        return value -> {
            Object result = value;
            for (Object part : parts) {
                boolean isIndex = part instanceof String key && key.matches("\\d{1,9}");
                result = values.item(result, isIndex ? (Object) Long.parseLong((String) part) : part);
                if (result instanceof Undefined && otherwise != null) result = otherwise;
            }
            return result;
        };
    }

    private static Object join(PythonValues values, List<Object> list, CallArguments.Bound bound) {
        PythonText text = new PythonText(values.budget());
        String separator = text.str(bound.get("d", ""));
        UnaryOperator<Object> attribute = getter(values, bound.get("attribute", null));
        StringBuilder joined = new StringBuilder();
        for (int i = 0; i < list.size(); i++) {
            String part = (i > 0 ? separator : "") + text.str(attribute.apply(list.get(i)));
            values.budget().spend(part.length());
            joined.append(part);
        }
        return joined.toString();
    }

    private static Object sum(PythonValues values, List<Object> list, CallArguments.Bound bound) {
        UnaryOperator<Object> attribute = getter(values, bound.get("attribute", null));
        Object sum = bound.get("start", 0L);
        for (Object element : list) sum = Arithmetic.apply("+", sum, attribute.apply(element), values);
        return sum;
    }

    private static Comparator<Object> order(PythonValues values, CallArguments.Bound bound) {
        UnaryOperator<Object> attribute = getter(values, bound.get("attribute", null));
        boolean caseSensitive = PythonValues.truth(bound.get("case_sensitive", false));
        return (a, b) ->
                values.compare(folded(attribute.apply(a), caseSensitive), folded(attribute.apply(b), caseSensitive));
    }

    private static Object folded(Object value, boolean caseSensitive) {
        return value instanceof String text && !caseSensitive ? text.toLowerCase(Locale.ROOT) : value;
    }

    private static Object sort(PythonValues values, List<Object> list, CallArguments.Bound bound) {
        Comparator<Object> order = order(values, bound);
        List<Object> sorted = new ArrayList<>(list);
        sorted.sort(PythonValues.truth(bound.get("reverse", false)) ? order.reversed() : order);
        return sorted;
    }

    /** @param sign -1 for the smallest */
    private static Object largest(PythonValues values, List<Object> list, CallArguments.Bound bound, int sign) {
        Comparator<Object> order = order(values, bound);
        if (list.isEmpty()) return new Undefined("no largest or smallest item, the sequence is empty");
        Object best = list.get(0);
        for (Object element : list) {
            if (sign * order.compare(element, best) > 0) best = element;
        }
        return best;
    }

    /** Pairs of a value of the attribute and the elements that have it, in the order of the values. */
    private static Object groups(PythonValues values, List<Object> list, CallArguments.Bound bound) {
        UnaryOperator<Object> key = getter(values, bound.required("attribute"), bound.get("default", null));
        boolean caseSensitive = PythonValues.truth(bound.get("case_sensitive", false));
        List<Object> sorted = new ArrayList<>(list);
        sorted.sort((a, b) -> values.compare(folded(key.apply(a), caseSensitive), folded(key.apply(b), caseSensitive)));
        List<Object> groups = new ArrayList<>();
        List<Object> group = new ArrayList<>();
        for (int i = 0; i < sorted.size(); i++) {
            group.add(sorted.get(i));
            Object own = folded(key.apply(sorted.get(i)), caseSensitive);
            if (i + 1 < sorted.size() && values.equal(own, folded(key.apply(sorted.get(i + 1)), caseSensitive)))
                continue;
            values.budget().spendElements(2);
            groups.add(new PythonTuple(Arrays.asList(key.apply(group.get(0)), group)));
            group = new ArrayList<>();
        }
        return groups;
    }

    static Object dictSort(PythonValues values, Object value, CallArguments arguments) {
        CallArguments.Bound bound = arguments.bind("dictsort", "case_sensitive", "by", "reverse");
        if (!(value instanceof Map<?, ?> map)) {
            throw new JinjaException("dictsort needs a dict, not %s".formatted(PythonValues.type(value)));
        }
        String by = bound.text("by", "key");
        if (!List.of("key", "value").contains(by)) throw new JinjaException("dictsort sorts by key or value");
        int part = by.equals("value") ? 1 : 0;
        boolean caseSensitive = PythonValues.truth(bound.get("case_sensitive", false));
        Comparator<Object> order = (a, b) -> values.compare(
                folded(((List<?>) a).get(part), caseSensitive), folded(((List<?>) b).get(part), caseSensitive));
        List<Object> sorted = PythonMethods.items(map, values.budget());
        sorted.sort(PythonValues.truth(bound.get("reverse", false)) ? order.reversed() : order);
        return sorted;
    }

    private static Object unique(PythonValues values, List<Object> list, CallArguments.Bound bound) {
        UnaryOperator<Object> attribute = getter(values, bound.get("attribute", null));
        boolean caseSensitive = PythonValues.truth(bound.get("case_sensitive", false));
        List<Object> seen = new ArrayList<>();
        List<Object> unique = new ArrayList<>();
        for (Object element : list) {
            Object key = folded(attribute.apply(element), caseSensitive);
            if (values.contains(seen, key)) continue;
            seen.add(key);
            unique.add(element);
        }
        return new Generator(unique);
    }

    /** Lists of the same number of elements; with 0 or less, an empty one or none before one of all. */
    private static Object batch(PythonValues values, List<Object> list, CallArguments.Bound bound) {
        Object count = PythonValues.number(bound.required("linecount"));
        Object fill = bound.get("fill_with", null);
        List<Object> batches = new ArrayList<>();
        List<Object> batch = new ArrayList<>();
        for (Object element : list) {
            if (PythonValues.isNumber(count) && PythonValues.real(count) == batch.size()) {
                values.budget().spendElements(1);
                batches.add(batch);
                batch = new ArrayList<>();
            }
            batch.add(element);
        }
        if (!batch.isEmpty()) {
            if (fill != null && values.compare((long) batch.size(), count) < 0) {
                long missing = bound.number("linecount", 0) - batch.size();
                values.budget().spendElements(missing);
                batch.addAll(Collections.nCopies((int) missing, fill));
            }
            batches.add(batch);
        }
        return new Generator(batches);
    }

    /** A number of lists whose sizes differ by 1 at most; with fill_with, the shorter ones have it as last element. */
    private static Object slice(PythonValues values, List<Object> list, CallArguments.Bound bound) {
        bound.required("slices");
        int slices = bound.number("slices", 0);
        if (slices == 0) throw new JinjaException("slice needs a number of slices other than 0");
        Object fill = bound.get("fill_with", null);
        values.budget().spendElements(2L * Math.max(0, slices));
        List<Object> all = new ArrayList<>();
        int from = 0;
        for (int i = 0; i < slices; i++) {
            boolean longer = i < list.size() % slices;
            int to = from + list.size() / slices + (longer ? 1 : 0);
            List<Object> slice = new ArrayList<>(list.subList(from, to));
            if (fill != null && !longer) slice.add(fill);
            all.add(slice);
            from = to;
        }
        return new Generator(all);
    }

    private static Object map(PythonValues values, List<Object> list, CallArguments arguments) {
        UnaryOperator<Object> function;
        if (arguments.positional().isEmpty()) {
            CallArguments.Bound bound = arguments.bind("map", "attribute", "default");
            function = getter(values, bound.required("attribute"), bound.get("default", null));
        } else {
            String filter = name(arguments, 0, "map");
            CallArguments rest = arguments.withoutFirst();
            function = value -> JinjaFilters.apply(filter, values, value, rest);
        }
        List<Object> mapped = new ArrayList<>();
        list.forEach(value -> mapped.add(function.apply(value)));
        return new Generator(mapped);
    }

    private static Object select(String name, PythonValues values, List<Object> list, CallArguments arguments) {
        boolean selects = name.startsWith("select");
        UnaryOperator<Object> attribute = value -> value;
        CallArguments rest = arguments;
        if (name.endsWith("attr")) {
            if (rest.positional().isEmpty()) throw new JinjaException("%s needs an attribute".formatted(name));
            attribute = getter(values, rest.positional().get(0));
            rest = rest.withoutFirst();
        }
        String test = rest.positional().isEmpty() ? "" : name(rest, 0, name);
        CallArguments operands = test.isEmpty() ? rest : rest.withoutFirst();
        List<Object> selected = new ArrayList<>();
        for (Object element : list) {
            values.budget().spend(RenderBudget.STEP);
            Object value = attribute.apply(element);
            boolean holds =
                    test.isEmpty() ? PythonValues.truth(value) : JinjaTests.apply(test, values, value, operands);
            if (holds == selects) selected.add(element);
        }
        return new Generator(selected);
    }

    private static String name(CallArguments arguments, int index, String filter) {
        if (arguments.positional().get(index) instanceof String name) return name;
        throw new JinjaException("%s needs the name of a filter or test".formatted(filter));
    }
}
