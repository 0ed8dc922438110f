package io.lorahub.cli.terminal;

import java.util.regex.Pattern;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** A decimal number; Java's parser also accepts 1f, 0x1p1 and NaN. */
public final class DecimalNumber implements ITypeConverter<Double> {

    private static final Pattern FORM = Pattern.compile("[+-]?(\\d+(\\.\\d*)?|\\.\\d+)([eE][+-]?\\d{1,3})?");

    @Override
    public Double convert(String text) {
        if (FORM.matcher(text).matches() && Double.isFinite(Double.parseDouble(text))) {
            return Double.valueOf(text);
        }
        throw new TypeConversionException("\"%s\" is not a decimal number, such as 0.7".formatted(text));
    }
}
