package io.lorahub.engine.setting;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.lorahub.engine.setting.SearchSetting.Fault;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/** Values of settings. They can be out of bounds; {@link #faults} says why. */
public final class SettingValues {

    public static final SettingValues NONE = new SettingValues(Map.of());

    private final Map<SearchSetting<?>, Object> values;

    private SettingValues(Map<SearchSetting<?>, Object> values) {
        this.values = values;
    }

    /** Some settings in the order given, and then all others as they were declared. */
    public static List<SearchSetting<?>> inOrder(List<SearchSetting<?>> first, List<SearchSetting<?>> all) {
        Set<SearchSetting<?>> ordered = new LinkedHashSet<>(first);
        ordered.addAll(all);
        return List.copyOf(ordered);
    }

    /** The value, or the default of a setting that has one. */
    public <T> T get(SearchSetting<T> setting) {
        return find(setting).or(setting::usual).orElseThrow();
    }

    /** The value; empty if none was given, whatever the default is. */
    public <T> Optional<T> find(SearchSetting<T> setting) {
        return Optional.ofNullable(setting.type().cast(values.get(setting)));
    }

    public <T> SettingValues with(SearchSetting<T> setting, T value) {
        Map<SearchSetting<?>, Object> changed = new LinkedHashMap<>(values);
        changed.put(setting, value);
        return new SettingValues(changed);
    }

    public <T> SettingValues with(SearchSetting<T> setting, Optional<T> value) {
        return value.map(v -> with(setting, v)).orElseGet(() -> without(setting));
    }

    public SettingValues without(SearchSetting<?> setting) {
        Map<SearchSetting<?>, Object> changed = new LinkedHashMap<>(values);
        changed.remove(setting);
        return new SettingValues(changed);
    }

    /** The same with the defaults of settings that have no value. */
    public SettingValues withUsual(List<SearchSetting<?>> settings) {
        Map<SearchSetting<?>, Object> all = new LinkedHashMap<>(values);
        settings.forEach(setting -> setting.usual().ifPresent(value -> all.putIfAbsent(setting, value)));
        return new SettingValues(all);
    }

    public List<Fault> faults(List<SearchSetting<?>> settings) {
        List<Fault> faults = new ArrayList<>();
        settings.forEach(setting -> faults.addAll(setting.faults(this)));
        return faults;
    }

    /** Adds the values of these settings. */
    public void writeTo(ObjectNode node, List<SearchSetting<?>> settings) {
        settings.forEach(setting -> write(node, setting));
    }

    private <T> void write(ObjectNode node, SearchSetting<T> setting) {
        find(setting)
                .filter(value -> !setting.unwritten().equals(Optional.of(value)))
                .ifPresent(value -> node.set(setting.name(), setting.json(value)));
    }

    /**
     * The stored values of these settings. One that is missing has the value that it had before there was a choice.
     *
     * @param unknown what to throw for a name that this version doesn't know
     */
    public static SettingValues read(
            JsonNode stored, List<SearchSetting<?>> settings, Function<String, RuntimeException> unknown) {
        SettingValues read = NONE;
        for (SearchSetting<?> setting : settings) read = read.withStored(setting, stored.path(setting.name()), unknown);
        return read;
    }

    private <T> SettingValues withStored(
            SearchSetting<T> setting, JsonNode stored, Function<String, RuntimeException> unknown) {
        if (stored.isMissingNode() || stored.isNull()) return with(setting, setting.unwritten());
        return with(setting, setting.read(stored).orElseThrow(() -> unknown.apply(stored.asText())));
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof SettingValues settings && values.equals(settings.values);
    }

    @Override
    public int hashCode() {
        return values.hashCode();
    }

    @Override
    public String toString() {
        return values.toString();
    }
}
