package io.lorahub.engine.model.family;

import com.fasterxml.jackson.databind.JsonNode;
import io.lorahub.engine.error.EngineException;
import java.util.ArrayList;
import java.util.List;

/** Token ids in config.json and generation_config.json: a number, a list of numbers, or null. */
final class TokenIds {

    private TokenIds() {}

    /** Returns an empty list if the key is missing or null. Throws EngineException for anything but whole numbers. */
    static List<Integer> of(JsonNode json, String key) {
        JsonNode value = json.path(key);
        List<Integer> ids = new ArrayList<>();
        if (value.isMissingNode() || value.isNull()) return ids;
        for (JsonNode id : value.isArray() ? value : List.of(value)) {
            if (!id.isIntegralNumber() || !id.canConvertToInt()) {
                throw new EngineException(
                        "\"%s\" must be a token's id or a list of them, but is %s.".formatted(key, value));
            }
            ids.add(id.asInt());
        }
        return ids;
    }
}
