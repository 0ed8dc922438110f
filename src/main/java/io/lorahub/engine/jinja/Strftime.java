package io.lorahub.engine.jinja;

import io.lorahub.engine.jinja.value.JinjaException;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Locale;

/** Python's strftime in the C locale. */
final class Strftime {

    private Strftime() {}

    static String format(ZonedDateTime time, String format) {
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
