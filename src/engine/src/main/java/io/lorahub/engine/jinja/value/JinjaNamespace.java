package io.lorahub.engine.jinja.value;

import java.util.LinkedHashMap;
import java.util.Map;

/** The result of {@code namespace()}: the only value that a template can change. */
public record JinjaNamespace(Map<String, Object> attributes) {

    public static JinjaNamespace of(Map<String, Object> attributes) {
        return new JinjaNamespace(new LinkedHashMap<>(attributes));
    }
}
