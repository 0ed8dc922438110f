package io.lorahub.engine.jinja.value;

import java.util.ArrayList;
import java.util.List;

/** Python's arithmetic operators. Whole numbers have 64 bits; larger results fail. */
public final class Arithmetic {

    private Arithmetic() {}

    public static Object apply(String operator, Object a, Object b, PythonValues values) {
        if (a instanceof Undefined undefined) throw undefined.failure();
        if (b instanceof Undefined undefined) throw undefined.failure();
        if (PythonValues.isNumber(a) && PythonValues.isNumber(b)) {
            return numbers(operator, PythonValues.number(a), PythonValues.number(b));
        }
        Object result = null;
        if (operator.equals("%") && a instanceof String text) {
            return PercentFormat.apply(text, b, values.budget());
        }
        if (operator.equals("+")) result = concatenated(a, b, values.budget());
        if (operator.equals("*")) {
            result = PythonValues.number(b) instanceof Long times ? repeated(a, times, values.budget()) : null;
            if (result == null && PythonValues.number(a) instanceof Long times) {
                result = repeated(b, times, values.budget());
            }
        }
        if (result != null) return result;
        throw new JinjaException(
                "'%s' cannot be applied to %s and %s".formatted(operator, PythonValues.type(a), PythonValues.type(b)));
    }

    private static Object concatenated(Object a, Object b, RenderBudget budget) {
        if (a instanceof String x && b instanceof String y) {
            budget.spend((long) x.length() + y.length());
            return x + y;
        }
        if (a instanceof List<?> x && b instanceof List<?> y && x instanceof PythonTuple == y instanceof PythonTuple) {
            budget.spendElements((long) x.size() + y.size());
            List<Object> all = new ArrayList<>(x);
            all.addAll(y);
            return x instanceof PythonTuple ? new PythonTuple(all) : all;
        }
        return null;
    }

    private static Object repeated(Object value, long times, RenderBudget budget) {
        int count = (int) Math.max(0, Math.min(Integer.MAX_VALUE, times));
        if (value instanceof String text) {
            budget.spend((long) text.length() * count);
            return text.repeat(count);
        }
        if (value instanceof List<?> list) {
            budget.spendElements((long) list.size() * count);
            List<Object> all = new ArrayList<>();
            for (int i = 0; i < count && !list.isEmpty(); i++) all.addAll(list);
            return list instanceof PythonTuple ? new PythonTuple(all) : all;
        }
        return null;
    }

    private static Object numbers(String operator, Object a, Object b) {
        try {
            if (a instanceof Long x && b instanceof Long y && !operator.equals("/")) {
                Object whole = whole(operator, x, y);
                if (whole != null) return whole;
            }
        } catch (ArithmeticException e) {
            throw new JinjaException("a number is too large");
        }
        double x = PythonValues.real(a);
        double y = PythonValues.real(b);
        if (y == 0 && (operator.equals("/") || operator.equals("//") || operator.equals("%"))) {
            throw new JinjaException("a number is divided by zero");
        }
        return switch (operator) {
            case "+" -> x + y;
            case "-" -> x - y;
            case "*" -> x * y;
            case "/" -> x / y;
            case "//" -> Math.floor(x / y);
            case "%" -> x - y * Math.floor(x / y);
            default -> Math.pow(x, y);
        };
    }

    /** Null for a negative power, which isn't a whole number. */
    private static Long whole(String operator, long x, long y) {
        if (y == 0 && (operator.equals("//") || operator.equals("%"))) {
            throw new JinjaException("a number is divided by zero");
        }
        return switch (operator) {
            case "+" -> Math.addExact(x, y);
            case "-" -> Math.subtractExact(x, y);
            case "*" -> Math.multiplyExact(x, y);
            case "//" -> Math.floorDiv(x, y);
            case "%" -> Math.floorMod(x, y);
            default -> y < 0 ? null : power(x, y);
        };
    }

    private static long power(long base, long exponent) {
        if (base == 0 || base == 1) return exponent == 0 ? 1 : base;
        if (base == -1) return exponent % 2 == 0 ? 1 : -1;
        long result = 1;
        for (long i = 0; i < exponent; i++) result = Math.multiplyExact(result, base);
        return result;
    }

    public static Object negated(Object value) {
        if (value instanceof Undefined undefined) throw undefined.failure();
        Object number = PythonValues.number(value);
        if (number instanceof Long whole) return numbers("-", 0L, whole);
        if (number instanceof Double real) return -real;
        throw new JinjaException("%s cannot be negated".formatted(PythonValues.type(value)));
    }
}
