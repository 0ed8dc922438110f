package io.lorahub.composition.form;

import io.lorahub.engine.learning.LearningSettings;
import io.lorahub.engine.optimize.SearchSettings;
import io.lorahub.engine.setting.SearchSetting;
import java.util.Map;

/** A setting as the form shows it, with what is typed. */
public record SettingField(SearchSetting<?> setting, String value) {

    public String name() {
        return setting.name();
    }

    public String label() {
        return field().label();
    }

    public String hint() {
        return field().hint();
    }

    private SearchSetting.Field field() {
        return setting.field().orElseThrow();
    }

    /** Texts by value; empty for a field to type in. */
    public Map<String, String> choices() {
        return field().choices();
    }

    /** Whether a number can be left out. */
    public boolean isOptional() {
        return setting.kind() != SearchSetting.Kind.NAME && setting.canBeEmpty();
    }

    /** The keyboard that a telephone shows. */
    public String keyboard() {
        return setting.kind() == SearchSetting.Kind.DECIMAL ? "decimal" : "numeric";
    }

    /** Whether its hint depends on the hub's limits. */
    public boolean isBudget() {
        return setting == SearchSettings.BUDGET;
    }

    /** Whether it needs the whole width. */
    public boolean isWide() {
        return setting == LearningSettings.LAYER_GROUPS;
    }
}
