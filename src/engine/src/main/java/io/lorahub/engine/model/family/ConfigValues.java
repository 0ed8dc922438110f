package io.lorahub.engine.model.family;

import com.fasterxml.jackson.databind.JsonNode;
import io.lorahub.engine.error.EngineException;
import java.util.List;

/** Reads values of config.json. All methods throw EngineException, naming the key, for an impossible value. */
final class ConfigValues {

    /** Far more than models have. What there is for each layer takes memory before any weights are read. */
    private static final int MOST_LAYERS = 1_000;

    private final JsonNode json;

    ConfigValues(JsonNode json) {
        this.json = json;
    }

    boolean has(String key) {
        return json.hasNonNull(key);
    }

    /** Whether the key is present, even if its value is null. */
    boolean names(String key) {
        return json.has(key);
    }

    JsonNode at(String key) {
        return json.path(key);
    }

    int positive(String key, int otherwise) {
        if (!has(key)) return otherwise;
        JsonNode value = json.get(key);
        if (!value.canConvertToInt() || !value.isIntegralNumber() || value.asInt() <= 0) {
            throw new EngineException(
                    "\"%s\" in config.json must be a positive whole number, but is %s.".formatted(key, value));
        }
        return value.asInt();
    }

    /** A number that must not be missing. */
    int positive(String key) {
        if (!has(key)) throw new EngineException("\"%s\" is missing in config.json.".formatted(key));
        return positive(key, 0);
    }

    int layers(String key, int otherwise) {
        int layers = positive(key, otherwise);
        if (layers > MOST_LAYERS) {
            throw new EngineException(
                    "\"%s\" in config.json must be at most %,d, but is %d.".formatted(key, MOST_LAYERS, layers));
        }
        return layers;
    }

    double number(String key, double otherwise) {
        if (!has(key)) return otherwise;
        JsonNode value = json.get(key);
        if (!value.isNumber() || !Double.isFinite(value.asDouble())) {
            throw new EngineException("\"%s\" in config.json must be a number, but is %s.".formatted(key, value));
        }
        return value.asDouble();
    }

    double notNegative(String key, double otherwise) {
        double value = number(key, otherwise);
        if (value < 0) {
            throw new EngineException("\"%s\" in config.json must not be below 0, but is %s.".formatted(key, value));
        }
        return value;
    }

    boolean flag(String key, boolean otherwise) {
        return has(key) ? json.get(key).asBoolean(otherwise) : otherwise;
    }

    String text(String key, String otherwise) {
        return has(key) ? json.get(key).asText(otherwise) : otherwise;
    }

    /** One token id, the first if there is a list. */
    int token(String key, int otherwise, int vocabulary) {
        List<Integer> ids = TokenIds.of(json, key);
        int id = ids.isEmpty() ? otherwise : ids.get(0);
        if (id < 0 || id >= vocabulary) {
            throw new EngineException("\"%s\" in config.json is %d, but the model knows the tokens 0 to %d."
                    .formatted(key, id, vocabulary - 1));
        }
        return id;
    }
}
