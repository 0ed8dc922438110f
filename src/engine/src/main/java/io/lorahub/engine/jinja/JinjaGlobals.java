package io.lorahub.engine.jinja;

import io.lorahub.engine.jinja.value.CallArguments;
import io.lorahub.engine.jinja.value.JinjaException;
import io.lorahub.engine.jinja.value.JinjaFunction;
import io.lorahub.engine.jinja.value.JinjaNamespace;
import io.lorahub.engine.jinja.value.PythonText;
import io.lorahub.engine.jinja.value.PythonValues;
import io.lorahub.engine.jinja.value.RenderBudget;
import java.time.Clock;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** The functions that every template can call. */
final class JinjaGlobals {

    private static final int MAX_RANGE = 100_000;

    private JinjaGlobals() {}

    static Map<String, Object> of(PythonValues values, Clock clock) {
        Map<String, JinjaFunction> functions = Map.of(
                "range", arguments -> range(arguments.bind("range", "start", "stop", "step"), values.budget()),
                "dict", arguments -> dict(arguments, values),
                "namespace",
                        arguments -> {
                            Map<String, Object> attributes = new LinkedHashMap<>();
                            Map<Object, Object> given = dict(arguments, values);
                            values.budget().spendElements(2L * given.size());
                            given.forEach((k, v) -> attributes.put(String.valueOf(k), v));
                            return JinjaNamespace.of(attributes);
                        },
                "raise_exception",
                        arguments -> {
                            Object message =
                                    arguments.bind("raise_exception", "message").required("message");
                            throw new RaisedException(new PythonText(values.budget()).str(message));
                        },
                "strftime_now",
                        arguments -> {
                            CallArguments.Bound bound = arguments.bind("strftime_now", "format");
                            bound.required("format");
                            return strftime(ZonedDateTime.now(clock), bound.text("format", ""));
                        });
        return new LinkedHashMap<>(functions);
    }

    private static List<Object> range(CallArguments.Bound bound, RenderBudget budget) {
        bound.required("start");
        int first = bound.number("start", 0);
        boolean one = !bound.has("stop");
        long from = one ? 0 : first;
        long to = one ? first : bound.number("stop", 0);
        long step = bound.number("step", 1);
        if (step == 0) throw new JinjaException("the step of a range is zero");
        long size = Math.max(0, step > 0 ? (to - from + step - 1) / step : (from - to - step - 1) / -step);
        if (size > MAX_RANGE) throw new JinjaException("a range has more than %,d numbers".formatted(MAX_RANGE));
        budget.spendElements(size);
        List<Object> numbers = new ArrayList<>((int) size);
        for (long i = 0; i < size; i++) numbers.add(from + i * step);
        return numbers;
    }

    private static Map<Object, Object> dict(CallArguments arguments, PythonValues values) {
        Map<Object, Object> dict = new LinkedHashMap<>();
        if (!arguments.positional().isEmpty()) {
            if (arguments.positional().get(0) instanceof Map<?, ?> map) {
                values.budget().spendElements(map.size());
                dict.putAll(map);
            } else {
                for (Object pair : values.iterate(arguments.positional().get(0))) {
                    List<Object> entry = values.iterate(pair);
                    values.budget().spendElements(1);
                    if (entry.size() != 2) throw new JinjaException("a dict is made of pairs");
                    dict.put(entry.get(0), entry.get(1));
                }
            }
        }
        values.budget().spendElements(arguments.named().size());
        dict.putAll(arguments.named());
        return dict;
    }

    /** Python's strftime in the C locale. */
    private static String strftime(ZonedDateTime time, String format) {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < format.length(); i++) {
            char c = format.charAt(i);
            if (c != '%' || i + 1 == format.length()) {
                text.append(c);
                continue;
            }
            char field = format.charAt(++i);
            boolean unpadded = field == '-' && i + 1 < format.length();
            if (unpadded) field = format.charAt(++i);
            String value = field(time, field);
            text.append(unpadded && value.length() > 1 ? value.replaceFirst("^0+(?=.)", "") : value);
        }
        return text.toString();
    }

    private static String field(ZonedDateTime time, char field) {
        String pattern =
                switch (field) {
                    case 'a' -> "EEE";
                    case 'A' -> "EEEE";
                    case 'b', 'h' -> "MMM";
                    case 'B' -> "MMMM";
                    case 'c' -> "EEE MMM ppd HH:mm:ss yyyy";
                    case 'd' -> "dd";
                    case 'D', 'x' -> "MM/dd/yy";
                    case 'e' -> "ppd";
                    case 'F' -> "yyyy-MM-dd";
                    case 'f' -> "SSSSSS";
                    case 'H' -> "HH";
                    case 'I' -> "hh";
                    case 'j' -> "DDD";
                    case 'm' -> "MM";
                    case 'M' -> "mm";
                    case 'p' -> "a";
                    case 'R' -> "HH:mm";
                    case 'S' -> "ss";
                    case 'T', 'X' -> "HH:mm:ss";
                    case 'y' -> "yy";
                    case 'Y' -> "yyyy";
                    default -> "";
                };
        if (!pattern.isEmpty())
            return DateTimeFormatter.ofPattern(pattern, Locale.US).format(time);
        return switch (field) {
            case 'u' -> Integer.toString(time.getDayOfWeek().getValue());
            case 'w' -> Integer.toString(time.getDayOfWeek().getValue() % 7);
            case 'z', 'Z' -> ""; // datetime.now() has no time zone
            case '%' -> "%";
            default -> throw new JinjaException("strftime_now does not support %%%s".formatted(field));
        };
    }
}
