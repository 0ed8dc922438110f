package io.lorahub.engine.jinja.value;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Python's {@code text % values}, with the conversions %s, %r, %d, %i, %f and %%. */
final class PercentFormat {

    private static final Pattern CONVERSION =
            Pattern.compile("%(?:\\((\\w*)\\))?([-+0 ]*)(\\d{0,4})(?:\\.(\\d{0,4}))?(.|$)", Pattern.DOTALL);

    private final PythonText text;
    private final Object operand;
    private final List<?> inOrder;
    private int next;

    private PercentFormat(Object operand, RenderBudget budget) {
        text = new PythonText(budget);
        this.operand = operand;
        inOrder = operand instanceof PythonTuple tuple ? tuple : Collections.singletonList(operand);
    }

    /** @param operand a tuple of values, a dict for %(name)s, or the only value */
    static String apply(String format, Object operand, RenderBudget budget) {
        PercentFormat values = new PercentFormat(operand, budget);
        StringBuilder out = new StringBuilder();
        Matcher conversion = CONVERSION.matcher(format);
        while (conversion.find()) {
            String part = conversion.group(5).equals("%") ? "%" : values.converted(conversion);
            budget.spend(part.length());
            conversion.appendReplacement(out, Matcher.quoteReplacement(part));
        }
        if (!(operand instanceof Map) && values.next < values.inOrder.size()) {
            throw new JinjaException("not all values of '%' are used by the text");
        }
        return conversion.appendTail(out).toString();
    }

    private String converted(Matcher conversion) {
        String flags = conversion.group(2);
        int width = conversion.group(3).isEmpty() ? 0 : Integer.parseInt(conversion.group(3));
        String digits = conversion.group(4);
        int precision = digits == null ? -1 : digits.isEmpty() ? 0 : Integer.parseInt(digits);
        Object value = value(conversion.group(1));
        return switch (conversion.group(5)) {
            case "s" -> padded(cut(text.str(value), precision), width, flags.replace("0", ""));
            case "r" -> padded(cut(text.repr(value), precision), width, flags.replace("0", ""));
            case "d", "i" -> padded(signed(decimal(value).setScale(0, RoundingMode.DOWN), flags), width, flags);
            case "f" -> {
                BigDecimal rounded = decimal(value).setScale(precision < 0 ? 6 : precision, RoundingMode.HALF_EVEN);
                yield padded(signed(rounded, flags), width, flags);
            }
            default ->
                throw new JinjaException("'%s' is not supported in a text before %%".formatted(conversion.group()));
        };
    }

    private Object value(String name) {
        if (name != null) {
            if (operand instanceof Map<?, ?> map && map.containsKey(name)) return map.get(name);
            throw new JinjaException("'%%' has no value for %s".formatted(name));
        }
        if (next == inOrder.size()) throw new JinjaException("'%' has too few values for the text");
        return inOrder.get(next++);
    }

    private static BigDecimal decimal(Object value) {
        Object number = PythonValues.number(value);
        if (number instanceof Long whole) return BigDecimal.valueOf(whole);
        if (number instanceof Double real && !real.isNaN() && !real.isInfinite()) return new BigDecimal(real);
        throw new JinjaException("'%%' needs a number, not %s".formatted(PythonValues.type(value)));
    }

    private static String signed(BigDecimal number, String flags) {
        if (number.signum() < 0) return number.toPlainString();
        return (flags.contains("+") ? "+" : flags.contains(" ") ? " " : "") + number.toPlainString();
    }

    private static String cut(String text, int precision) {
        int length = text.codePointCount(0, text.length());
        return precision < 0 || precision >= length ? text : text.substring(0, text.offsetByCodePoints(0, precision));
    }

    private static String padded(String text, int width, String flags) {
        int missing = width - text.codePointCount(0, text.length());
        if (missing <= 0) return text;
        if (flags.contains("-")) return text + " ".repeat(missing);
        if (!flags.contains("0")) return " ".repeat(missing) + text;
        int sign = text.startsWith("-") || text.startsWith("+") || text.startsWith(" ") ? 1 : 0;
        return text.substring(0, sign) + "0".repeat(missing) + text.substring(sign);
    }
}
