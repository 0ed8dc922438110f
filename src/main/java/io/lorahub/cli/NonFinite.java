package io.lorahub.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.NullNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** NaN and the infinities in a JSON tree, which has no words for them. */
final class NonFinite {

    private NonFinite() {}

    /** Puts null in their place; returns where they were, such as {@code controls.base.loss}. */
    static List<String> replaced(JsonNode tree) {
        List<String> places = new ArrayList<>();
        replace(tree, "", places);
        return places;
    }

    private static void replace(JsonNode node, String place, List<String> places) {
        if (node instanceof ObjectNode object) {
            for (Map.Entry<String, JsonNode> entry : object.properties()) {
                String inner = place.isEmpty() ? entry.getKey() : place + "." + entry.getKey();
                if (isNonFinite(entry.getValue())) {
                    entry.setValue(NullNode.instance);
                    places.add(inner);
                } else replace(entry.getValue(), inner, places);
            }
        } else if (node instanceof ArrayNode array) {
            for (int i = 0; i < array.size(); i++) {
                String inner = "%s[%d]".formatted(place, i);
                if (isNonFinite(array.get(i))) {
                    array.set(i, NullNode.instance);
                    places.add(inner);
                } else replace(array.get(i), inner, places);
            }
        }
    }

    private static boolean isNonFinite(JsonNode node) {
        return node.isFloatingPointNumber() && !Double.isFinite(node.doubleValue());
    }
}
