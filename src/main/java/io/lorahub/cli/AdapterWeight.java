package io.lorahub.cli;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalDouble;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/**
 * An adapter's name and weight, as in {@code un=0.7}; without a weight where only a name was given.
 *
 * @param name or the path of a folder or a zip
 */
record AdapterWeight(String name, OptionalDouble weight) {

    static final class Converter implements ITypeConverter<AdapterWeight> {

        @Override
        public AdapterWeight convert(String value) {
            int sign = value.lastIndexOf('=');
            if (sign == 0) {
                throw new TypeConversionException("\"%s\" is no NAME=WEIGHT, such as un=0.7".formatted(value));
            }
            if (sign < 0 || Files.exists(Path.of(value))) return new AdapterWeight(value, OptionalDouble.empty());
            double weight = weight(value.substring(sign + 1), value);
            return new AdapterWeight(value.substring(0, sign), OptionalDouble.of(weight));
        }

        private static double weight(String number, String value) {
            try {
                return new DecimalNumber().convert(number);
            } catch (TypeConversionException e) {
                throw new TypeConversionException(
                        "the weight in \"%s\" must be a decimal number, such as 0.7, not \"%s\""
                                .formatted(value, number));
            }
        }
    }
}
