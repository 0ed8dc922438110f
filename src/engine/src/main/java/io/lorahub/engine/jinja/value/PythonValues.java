package io.lorahub.engine.jinja.value;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** What Python does with values: truth, equality, order, iteration and items. */
public final class PythonValues {

    private final RenderBudget budget;

    public PythonValues(RenderBudget budget) {
        this.budget = budget;
    }

    public RenderBudget budget() {
        return budget;
    }

    public static boolean truth(Object value) {
        if (value == null || value instanceof Undefined) return false;
        if (value instanceof Boolean flag) return flag;
        if (value instanceof Long number) return number != 0;
        if (value instanceof Double number) return number != 0;
        if (value instanceof String text) return !text.isEmpty();
        if (value instanceof List<?> list) return !list.isEmpty();
        if (value instanceof Map<?, ?> map) return !map.isEmpty();
        return true;
    }

    /** Returns the name of a value's Python type, for messages. */
    public static String type(Object value) {
        if (value == null) return "None";
        if (value instanceof Boolean) return "a boolean";
        if (value instanceof Long || value instanceof Double) return "a number";
        if (value instanceof String) return "text";
        if (value instanceof Map) return "a dict";
        if (value instanceof List) return "a list";
        if (value instanceof Undefined) return "an undefined value";
        if (value instanceof JinjaFunction) return "a function";
        return "an object";
    }

    public static boolean isNumber(Object value) {
        return value instanceof Long || value instanceof Double || value instanceof Boolean;
    }

    public static Object number(Object value) {
        return value instanceof Boolean flag ? (Object) (flag ? 1L : 0L) : value;
    }

    public static double real(Object value) {
        return ((Number) number(value)).doubleValue();
    }

    public boolean equal(Object a, Object b) {
        budget.spend(RenderBudget.STEP);
        if (isNumber(a) && isNumber(b)) {
            Object x = number(a);
            Object y = number(b);
            return x instanceof Long && y instanceof Long ? x.equals(y) : real(x) == real(y);
        }
        if (a instanceof String && b instanceof String) return a.equals(b);
        if (a instanceof List<?> x && b instanceof List<?> y) {
            if (x.size() != y.size() || x instanceof PythonTuple != y instanceof PythonTuple) return false;
            for (int i = 0; i < x.size(); i++) {
                if (!equal(x.get(i), y.get(i))) return false;
            }
            return true;
        }
        if (a instanceof Map<?, ?> x && b instanceof Map<?, ?> y) {
            return x.size() == y.size()
                    && x.entrySet().stream()
                            .allMatch(e -> y.containsKey(e.getKey()) && equal(e.getValue(), y.get(e.getKey())));
        }
        if (a instanceof Undefined && b instanceof Undefined) return true;
        return a == b || a != null && !(a instanceof List || a instanceof Map) && Objects.equals(a, b);
    }

    public int compare(Object a, Object b) {
        budget.spend(RenderBudget.STEP);
        if (a instanceof Undefined undefined) throw undefined.failure();
        if (b instanceof Undefined undefined) throw undefined.failure();
        if (isNumber(a) && isNumber(b)) {
            Object x = number(a);
            Object y = number(b);
            return x instanceof Long i && y instanceof Long j ? Long.compare(i, j) : Double.compare(real(x), real(y));
        }
        if (a instanceof String x && b instanceof String y) return PythonStrings.compare(x, y);
        if (a instanceof List<?> x && b instanceof List<?> y) {
            for (int i = 0; i < Math.min(x.size(), y.size()); i++) {
                if (!equal(x.get(i), y.get(i))) return compare(x.get(i), y.get(i));
            }
            return Integer.compare(x.size(), y.size());
        }
        throw new JinjaException("%s and %s cannot be compared".formatted(type(a), type(b)));
    }

    /** Whether a comparison holds: ==, !=, <, <=, >, >=, in or not in. */
    public boolean holds(String operator, Object left, Object right) {
        return switch (operator) {
            case "==" -> equal(left, right);
            case "!=" -> !equal(left, right);
            case "in" -> contains(right, left);
            case "not in" -> !contains(right, left);
            case "<" -> compare(left, right) < 0;
            case "<=" -> compare(left, right) <= 0;
            case ">" -> compare(left, right) > 0;
            default -> compare(left, right) >= 0;
        };
    }

    public boolean contains(Object container, Object item) {
        if (container instanceof String text) {
            if (!(item instanceof String part)) {
                throw new JinjaException("text can contain only text, not %s".formatted(type(item)));
            }
            budget.spendSearch(text, part);
            return text.contains(part);
        }
        if (container instanceof Map<?, ?> map) return map.containsKey(item);
        return iterate(container).stream().anyMatch(value -> equal(value, item));
    }

    /** Returns the elements of a list, the keys of a dict, the characters of a text. */
    @SuppressWarnings("unchecked")
    public List<Object> iterate(Object value) {
        if (value instanceof Undefined) return List.of();
        if (value instanceof Generator generator) return generator.read();
        if (value instanceof List<?> list) return (List<Object>) list;
        if (value instanceof Map<?, ?> map) {
            budget.spendElements(map.size());
            return new ArrayList<>(map.keySet());
        }
        if (value instanceof String text) {
            budget.spendElements(text.length());
            return text.codePoints()
                    .<Object>mapToObj(Character::toString)
                    .collect(Collectors.toCollection(ArrayList::new));
        }
        throw new JinjaException("%s cannot be iterated over".formatted(type(value)));
    }

    public long length(Object value) {
        if (value instanceof String text) return text.codePointCount(0, text.length());
        if (value instanceof List<?> list) return list.size();
        if (value instanceof Map<?, ?> map) return map.size();
        if (value instanceof Undefined) return 0;
        throw new JinjaException("%s has no length".formatted(type(value)));
    }

    /** Returns {@code value.name}: a method or property first, then an item. */
    public Object attribute(Object value, String name) {
        if (value instanceof Undefined undefined) throw undefined.failure();
        Object own = PythonMethods.find(this, value, name);
        if (!(own instanceof Undefined)) return own;
        if (value instanceof Map<?, ?> map && map.containsKey(name)) return map.get(name);
        return own;
    }

    /** Returns {@code value[key]}: an item first, then a method or property. */
    public Object item(Object value, Object key) {
        if (value instanceof Undefined undefined) throw undefined.failure();
        if (value instanceof Map<?, ?> map && map.containsKey(key)) return map.get(key);
        if (key instanceof String name) return PythonMethods.find(this, value, name);
        Object position = key instanceof Boolean ? number(key) : key;
        if (position instanceof Long index && (value instanceof List || value instanceof String)) {
            long size = length(value);
            long i = index < 0 ? index + size : index;
            if (i >= 0 && i < size) {
                return value instanceof List<?> list
                        ? list.get((int) i)
                        : PythonStrings.slice((String) value, (int) i, (int) i + 1);
            }
        }
        return new Undefined("%s has no element %s".formatted(type(value), new PythonText(budget).repr(key)));
    }

    /** Returns {@code value[from:to:step]}; null means that a bound is not given. */
    public Object slice(Object value, Object from, Object to, Object step) {
        if (value instanceof Undefined undefined) throw undefined.failure();
        boolean numbers = Stream.of(from, to, step).allMatch(bound -> bound == null || number(bound) instanceof Long);
        if (!numbers || !(value instanceof List || value instanceof String)) {
            return new Undefined("%s cannot be sliced in this way".formatted(type(value)));
        }
        int size = (int) length(value);
        int by = bound(step, 1);
        if (by == 0) throw new JinjaException("the step of a slice is zero");
        int first = clamped(from, by > 0 ? 0 : size - 1, size, by);
        int last = clamped(to, by > 0 ? size : -1, size, by);
        budget.spend(size);
        if (value instanceof String text && by == 1) return PythonStrings.slice(text, first, Math.max(first, last));
        budget.spendElements(size);
        List<Object> all = iterate(value);
        List<Object> part = new ArrayList<>();
        for (long i = first; by > 0 ? i < last : i > last; i += by) part.add(all.get((int) i));
        if (value instanceof String) {
            StringBuilder text = new StringBuilder();
            part.forEach(text::append);
            return text.toString();
        }
        return value instanceof PythonTuple ? new PythonTuple(part) : part;
    }

    private static int bound(Object value, int otherwise) {
        if (value == null) return otherwise;
        return (int) Math.max(Integer.MIN_VALUE, Math.min(Integer.MAX_VALUE, (Long) number(value)));
    }

    private static int clamped(Object value, int otherwise, int size, int step) {
        if (value == null) return otherwise;
        long index = bound(value, 0);
        if (index < 0) index += size;
        int low = step > 0 ? 0 : -1;
        int high = step > 0 ? size : size - 1;
        return (int) Math.max(low, Math.min(high, index));
    }
}
