package io.lorahub.engine.jinja.value;

import java.util.List;
import java.util.Map;

/** The tests: {@code value is name}. */
public final class JinjaTests {

    private JinjaTests() {}

    public static boolean apply(String name, PythonValues values, Object value, CallArguments arguments) {
        return switch (name) {
            case "defined" -> !(value instanceof Undefined);
            case "undefined" -> value instanceof Undefined;
            case "none" -> value == null;
            case "boolean" -> value instanceof Boolean;
            case "true" -> Boolean.TRUE.equals(value);
            case "false" -> Boolean.FALSE.equals(value);
            case "integer" -> value instanceof Long;
            case "float" -> value instanceof Double;
            case "number" -> PythonValues.isNumber(value);
            case "string" -> value instanceof String;
            case "mapping" -> value instanceof Map;
            case "sequence" ->
                value instanceof String || value instanceof List || value instanceof Map || value instanceof Undefined;
            case "iterable" ->
                value instanceof String
                        || value instanceof List
                        || value instanceof Map
                        || value instanceof Undefined
                        || value instanceof Generator;
            case "callable" -> value instanceof JinjaFunction;
            case "sameas" -> same(value, operand(name, arguments), values);
            case "eq", "equalto", "==" -> values.holds("==", value, operand(name, arguments));
            case "ne", "!=" -> values.holds("!=", value, operand(name, arguments));
            case "lt", "lessthan", "<" -> values.holds("<", value, operand(name, arguments));
            case "le", "<=" -> values.holds("<=", value, operand(name, arguments));
            case "gt", "greaterthan", ">" -> values.holds(">", value, operand(name, arguments));
            case "ge", ">=" -> values.holds(">=", value, operand(name, arguments));
            case "in" -> values.contains(operand(name, arguments), value);
            case "odd" -> remainder(value, values) == 1;
            case "even" -> remainder(value, values) == 0;
            default -> throw new JinjaException("the test '%s' is not supported".formatted(name));
        };
    }

    private static Object operand(String name, CallArguments arguments) {
        return arguments.bind("the test " + name, "other").required("other");
    }

    /** Python's {@code is}: the same object, or an equal value of the same simple type. */
    private static boolean same(Object a, Object b, PythonValues values) {
        if (a == b) return true;
        boolean simple = a instanceof String || PythonValues.isNumber(a);
        return simple && b != null && a.getClass() == b.getClass() && values.equal(a, b);
    }

    private static double remainder(Object value, PythonValues values) {
        return PythonValues.real(Arithmetic.apply("%", value, 2L, values));
    }
}
