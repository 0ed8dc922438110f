package io.lorahub.cli;

import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** An adapter's name and weight, as in {@code un=0.7}. */
record AdapterWeight(String name, double weight) {

    static final class Converter implements ITypeConverter<AdapterWeight> {

        @Override
        public AdapterWeight convert(String value) {
            int sign = value.lastIndexOf('=');
            if (sign < 1) {
                throw new TypeConversionException("\"%s\" is no NAME=WEIGHT, such as un=0.7".formatted(value));
            }
            return new AdapterWeight(value.substring(0, sign), weight(value.substring(sign + 1), value));
        }

        private static double weight(String number, String value) {
            try {
                double weight = Double.parseDouble(number);
                if (Double.isFinite(weight)) return weight;
            } catch (NumberFormatException e) {
                // said below
            }
            throw new TypeConversionException(
                    "the weight in \"%s\" must be a finite number, not \"%s\"".formatted(value, number));
        }
    }
}
