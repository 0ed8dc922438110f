package io.lorahub.cli.terminal;

import picocli.CommandLine;
import picocli.CommandLine.TypeConversionException;

/** Whole numbers in decimal digits; picocli's own parser reads 010 as 8, and calls x "not an int". */
public final class WholeNumber {

    private WholeNumber() {}

    public static CommandLine register(CommandLine line) {
        return line.registerConverter(int.class, WholeNumber::small)
                .registerConverter(Integer.class, WholeNumber::small)
                .registerConverter(long.class, WholeNumber::any)
                .registerConverter(Long.class, WholeNumber::any);
    }

    private static int small(String text) {
        try {
            return Integer.parseInt(text);
        } catch (NumberFormatException e) {
            throw wrong(text, Integer.MAX_VALUE);
        }
    }

    private static long any(String text) {
        try {
            return Long.parseLong(text);
        } catch (NumberFormatException e) {
            throw wrong(text, Long.MAX_VALUE);
        }
    }

    private static TypeConversionException wrong(String text, long most) {
        return new TypeConversionException(
                text.matches("[+-]?\\d+")
                        ? "%s is out of range; the largest is %d".formatted(text, most)
                        : "\"%s\" isn't a whole number, such as 40".formatted(text));
    }
}
