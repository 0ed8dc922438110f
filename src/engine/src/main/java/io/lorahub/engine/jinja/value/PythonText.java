package io.lorahub.engine.jinja.value;

import java.math.BigDecimal;
import java.util.Iterator;
import java.util.List;
import java.util.Map;

/** Writes values as Python's str() and repr() do. */
public final class PythonText {

    private final RenderBudget budget;

    public PythonText(RenderBudget budget) {
        this.budget = budget;
    }

    public String str(Object value) {
        if (value instanceof Undefined) return "";
        return value instanceof String text ? text : repr(value);
    }

    public String repr(Object value) {
        StringBuilder text = new StringBuilder();
        write(text, value);
        return text.toString();
    }

    private void write(StringBuilder text, Object value) {
        budget.spend(RenderBudget.STEP);
        if (value == null) text.append("None");
        else if (value instanceof Boolean flag) text.append(flag ? "True" : "False");
        else if (value instanceof Double number) text.append(real(number));
        else if (value instanceof String string) quote(text, string);
        else if (value instanceof Undefined) text.append("Undefined");
        else if (value instanceof PythonTuple tuple) {
            list(text, '(', tuple, tuple.size() == 1 ? ",)" : ")");
        } else if (value instanceof List<?> list) list(text, '[', list, "]");
        else if (value instanceof Map<?, ?> map) dict(text, map);
        else if (value instanceof JinjaNamespace namespace) {
            text.append("<Namespace ");
            dict(text, namespace.attributes());
            text.append('>');
        } else if (value instanceof Long) text.append(value);
        else throw new JinjaException("%s cannot be written as text".formatted(PythonValues.type(value)));
    }

    private void list(StringBuilder text, char open, List<?> values, String close) {
        text.append(open);
        for (int i = 0; i < values.size(); i++) {
            if (i > 0) text.append(", ");
            write(text, values.get(i));
        }
        text.append(close);
    }

    private void dict(StringBuilder text, Map<?, ?> map) {
        text.append('{');
        for (Iterator<? extends Map.Entry<?, ?>> entries = map.entrySet().iterator(); entries.hasNext(); ) {
            Map.Entry<?, ?> entry = entries.next();
            write(text, entry.getKey());
            text.append(": ");
            write(text, entry.getValue());
            if (entries.hasNext()) text.append(", ");
        }
        text.append('}');
    }

    private void quote(StringBuilder text, String string) {
        budget.spend(string.length());
        char quote = string.indexOf('\'') >= 0 && string.indexOf('"') < 0 ? '"' : '\'';
        text.append(quote);
        string.codePoints().forEach(c -> {
            if (c == quote || c == '\\') text.append('\\').appendCodePoint(c);
            else if (c == '\n') text.append("\\n");
            else if (c == '\r') text.append("\\r");
            else if (c == '\t') text.append("\\t");
            else if (isPrintable(c)) text.appendCodePoint(c);
            else text.append(c < 0x100 ? "\\x%02x".formatted(c) : (c < 0x10000 ? "\\u%04x" : "\\U%08x").formatted(c));
        });
        text.append(quote);
    }

    private static boolean isPrintable(int c) {
        return switch (Character.getType(c)) {
            case Character.CONTROL,
                    Character.FORMAT,
                    Character.SURROGATE,
                    Character.PRIVATE_USE,
                    Character.UNASSIGNED,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR -> false;
            case Character.SPACE_SEPARATOR -> c == ' ';
            default -> true;
        };
    }

    /** Writes a number as Python does: with an exponent below 1e-4 and from 1e16 on. */
    public static String real(double number) {
        if (Double.isNaN(number)) return "nan";
        if (Double.isInfinite(number)) return number > 0 ? "inf" : "-inf";
        if (number == 0) return 1 / number < 0 ? "-0.0" : "0.0";
        BigDecimal decimal = new BigDecimal(Double.toString(Math.abs(number))).stripTrailingZeros();
        String digits = decimal.unscaledValue().toString();
        int exponent = digits.length() - decimal.scale() - 1;
        String sign = number < 0 ? "-" : "";
        if (exponent < -4 || exponent >= 16) {
            String fraction = digits.length() > 1 ? "." + digits.substring(1) : "";
            return "%s%s%se%s%02d"
                    .formatted(sign, digits.charAt(0), fraction, exponent < 0 ? "-" : "+", Math.abs(exponent));
        }
        String plain = decimal.toPlainString();
        return sign + (plain.contains(".") ? plain : plain + ".0");
    }
}
