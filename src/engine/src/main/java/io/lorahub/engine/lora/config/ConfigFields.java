package io.lorahub.engine.lora.config;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Predicate;

/** Reads typed values from a JSON object. A wrong type adds a finding and returns the fallback. */
public final class ConfigFields {

    private final JsonNode json;
    private final Consumer<CheckFinding> findings;

    ConfigFields(JsonNode json, Consumer<CheckFinding> findings) {
        this.json = json;
        this.findings = findings;
    }

    /** Whether the key is present and not null. */
    boolean has(String key) {
        return json.hasNonNull(key);
    }

    boolean flag(String key, boolean fallback) {
        return value(key, JsonNode::isBoolean, JsonNode::booleanValue, "true or false")
                .orElse(fallback);
    }

    Optional<String> text(String key) {
        return value(key, JsonNode::isTextual, JsonNode::textValue, "a text");
    }

    Optional<Integer> wholeNumber(String key) {
        return value(key, ConfigFields::isWhole, JsonNode::intValue, "a whole number");
    }

    Optional<Double> number(String key) {
        return value(key, n -> n.isNumber() && Double.isFinite(n.doubleValue()), JsonNode::doubleValue, "a number");
    }

    /** Returns a list of texts; a single text counts as a list of one. */
    List<String> texts(String key) {
        return value(
                        key,
                        n -> n.isTextual() || allElements(n, JsonNode::isTextual),
                        ConfigFields::textsOf,
                        "a list of names")
                .orElse(List.of());
    }

    /** Returns a list of whole numbers; a single number counts as a list of one. */
    List<Integer> wholeNumbers(String key) {
        return value(
                        key,
                        n -> isWhole(n) || allElements(n, ConfigFields::isWhole),
                        ConfigFields::wholeNumbersOf,
                        "a list of whole numbers")
                .orElse(List.of());
    }

    /** Returns an object of numbers, in the order of the file. */
    Map<String, Double> numbers(String key) {
        return value(
                        key,
                        n -> n.isObject() && allElements(n, JsonNode::isNumber),
                        ConfigFields::numbersOf,
                        "an object of numbers")
                .orElse(Map.of());
    }

    private <T> Optional<T> value(String key, Predicate<JsonNode> fits, Function<JsonNode, T> read, String expected) {
        if (!has(key)) return Optional.empty();
        JsonNode node = json.get(key);
        if (fits.test(node)) return Optional.of(read.apply(node));
        findings.accept(CheckFinding.error(
                "config-type",
                key,
                "%s is %s; it must be %s.".formatted(key, shown(node), expected),
                "Correct it in the configuration."));
        return Optional.empty();
    }

    private static boolean isWhole(JsonNode n) {
        return n.isNumber() && n.canConvertToInt() && n.doubleValue() == n.intValue();
    }

    private static boolean allElements(JsonNode node, Predicate<JsonNode> fits) {
        if (!node.isContainerNode()) return false;
        for (JsonNode element : node) {
            if (!fits.test(element)) return false;
        }
        return true;
    }

    private static List<String> textsOf(JsonNode node) {
        if (node.isTextual()) return List.of(node.textValue());
        List<String> texts = new ArrayList<>();
        node.forEach(n -> texts.add(n.textValue()));
        return texts;
    }

    private static List<Integer> wholeNumbersOf(JsonNode node) {
        if (node.isNumber()) return List.of(node.intValue());
        List<Integer> numbers = new ArrayList<>();
        node.forEach(n -> numbers.add(n.intValue()));
        return numbers;
    }

    private static Map<String, Double> numbersOf(JsonNode node) {
        Map<String, Double> numbers = new LinkedHashMap<>();
        node.properties().forEach(e -> numbers.put(e.getKey(), e.getValue().doubleValue()));
        return numbers;
    }

    /** Shortens a value for use in a message. */
    public static String shown(JsonNode node) {
        String text = node.toString();
        return text.length() <= 80 ? text : text.substring(0, 77) + "...";
    }
}
