package io.lorahub.composition.request;

import io.lorahub.composition.RunSettings;
import io.lorahub.engine.setting.SearchSetting;
import io.lorahub.engine.setting.SettingValues;
import io.lorahub.web.FieldError;
import java.math.BigDecimal;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/**
 * Reads settings as a form or an API client sends them. A value that can't be read is replaced by the default; {@link
 * RunValidator} checks the bounds of the others.
 */
public final class SentSettings {

    /** Every number with at most this many digits fits into a long. */
    private static final int DIGITS = 18;

    private final List<FieldError> faults;
    private SettingValues read = RunSettings.DEFAULT;

    private SentSettings(List<FieldError> faults) {
        this.faults = faults;
    }

    /**
     * @param typed  the text in a field by its name; null if there is no such field
     * @param faults receives an error for each value that can't be read
     */
    public static SettingValues ofForm(Function<String, String> typed, List<FieldError> faults) {
        SentSettings sent = new SentSettings(faults);
        RunSettings.REQUESTED.forEach(setting -> sent.readText(setting, typed.apply(setting.name())));
        return sent.read;
    }

    /**
     * @param values BigDecimal, Double or String, by the setting's kind; null is like none
     * @param faults receives an error for each value that can't be read
     */
    static SettingValues ofJson(Map<String, Object> values, List<FieldError> faults) {
        SentSettings sent = new SentSettings(faults);
        RunSettings.STORED.stream()
                .filter(RunSettings.REQUESTED::contains)
                .forEach(setting -> sent.readValue(setting, values.get(setting.name())));
        return sent.read;
    }

    /** What a value of this setting is in JSON. */
    static Class<?> type(SearchSetting<?> setting) {
        return switch (setting.kind()) {
            case WHOLE -> BigDecimal.class;
            case DECIMAL -> Double.class;
            case NAME -> String.class;
        };
    }

    private <T> void readText(SearchSetting<T> setting, String text) {
        if (text == null || text.isBlank() && setting.canBeEmpty()) return;
        if (setting.kind() == SearchSetting.Kind.NAME) {
            readName(setting, text);
            return;
        }
        try {
            put(setting, setting.number(text.strip().replace('−', '-').toLowerCase(Locale.ROOT)));
        } catch (NumberFormatException e) {
            fault(setting, "Use %s.".formatted(expected(setting)));
        }
    }

    private static <T> String expected(SearchSetting<T> setting) {
        String number = setting.kind() == SearchSetting.Kind.WHOLE ? "a whole number" : "a number";
        String example = setting.text(setting.example()).replace('-', '−');
        return "%s, for example %s%s".formatted(number, example, setting.canBeEmpty() ? ", or leave it empty" : "");
    }

    private <T> void readValue(SearchSetting<T> setting, Object value) {
        if (value instanceof BigDecimal number) {
            readWhole(setting, number);
        } else if (value instanceof String name) {
            if (!name.isBlank() || !setting.canBeEmpty()) readName(setting, name);
        } else if (value != null) {
            put(setting, setting.type().cast(value));
        }
    }

    private <T> void readName(SearchSetting<T> setting, String name) {
        Optional<T> known = setting.named(name);
        known.ifPresent(value -> put(setting, value));
        if (known.isEmpty()) {
            fault(setting, "Use one of %s (got “%s”).".formatted(String.join(", ", setting.names()), name));
        }
    }

    private <T> void readWhole(SearchSetting<T> setting, BigDecimal number) {
        if (!isWhole(number)) {
            fault(setting, "Use a whole number, such as 42.");
        } else if (setting.type() == Long.class) {
            if (fits(number)) put(setting, setting.type().cast(number.longValue()));
            else fault(setting, "Use a whole number of at most %d digits.".formatted(DIGITS));
        } else {
            put(setting, setting.type().cast(nearest(number)));
        }
    }

    private <T> void put(SearchSetting<T> setting, T value) {
        read = read.with(setting, value);
    }

    private void fault(SearchSetting<?> setting, String message) {
        faults.add(new FieldError(setting.name(), message));
    }

    // the number is never written out: 1e999999999 would exhaust the memory

    static boolean isWhole(BigDecimal number) {
        return number.signum() == 0 || number.stripTrailingZeros().scale() <= 0;
    }

    private static boolean fits(BigDecimal number) {
        return number.signum() == 0 || (long) number.precision() - number.scale() <= DIGITS;
    }

    /** The nearest int to a whole number. */
    static int nearest(BigDecimal number) {
        long whole = fits(number) ? number.longValue() : number.signum() < 0 ? Long.MIN_VALUE : Long.MAX_VALUE;
        return (int) Math.max(Integer.MIN_VALUE, Math.min(whole, Integer.MAX_VALUE));
    }
}
