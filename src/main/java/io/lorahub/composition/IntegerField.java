package io.lorahub.composition;

import java.math.BigDecimal;

/** Whole numbers of a JSON body, however they are written, without ever writing out what 1e999999999 stands for. */
final class IntegerField {

    private static final int DIGITS = 18;

    private IntegerField() {}

    static boolean is(BigDecimal number) {
        return number.signum() == 0 || number.stripTrailingZeros().scale() <= 0;
    }

    /** Whether it has at most 18 digits, which a long holds. */
    static boolean fits(BigDecimal number) {
        return number.signum() == 0 || (long) number.precision() - number.scale() <= DIGITS;
    }

    /** The nearest long of one that does not fit; null for null and for one that is not whole. */
    static Long of(BigDecimal number) {
        if (number == null || !is(number)) return null;
        if (fits(number)) return number.longValue();
        return number.signum() < 0 ? Long.MIN_VALUE : Long.MAX_VALUE;
    }
}
