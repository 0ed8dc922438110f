package io.lorahub.upload;

import io.lorahub.adapter.Card;
import io.lorahub.adapter.FittingCard;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;
import org.yaml.snakeyaml.error.YAMLException;

/**
 * The README.md of an adapter as a card: metadata in YAML between two lines of ---, then Markdown. The keys are those of
 * the model cards of the Hugging Face Hub.
 */
public final class Readme {

    private static final Pattern FRONT_MATTER =
            Pattern.compile("\\A\\s*---[ \\t]*\\R(.*?)^---[ \\t]*(?:\\R|\\z)", Pattern.DOTALL | Pattern.MULTILINE);
    private static final Pattern COMMENT = Pattern.compile("<!--.*?-->", Pattern.DOTALL);
    private static final Pattern HEADING = Pattern.compile("\\A#[ \\t]+(.+?)[ \\t#]*(?:\\R|\\z)");

    private static final Pattern TRAINING_DATA =
            Pattern.compile("^#{1,6}[ \\t]+training[ \\t]+data", Pattern.CASE_INSENSITIVE | Pattern.MULTILINE);

    /** What PEFT writes where nobody wrote anything. */
    private static final Pattern UNTOUCHED = Pattern.compile("Model Card for Model ID", Pattern.CASE_INSENSITIVE);

    private static final int LONGEST_METADATA = 100_000;

    private final Map<?, ?> metadata;
    private final String title;
    private final String body;

    private Readme(Map<?, ?> metadata, String title, String body) {
        this.metadata = metadata;
        this.title = title;
        this.body = body;
    }

    public static Readme of(String text) {
        Matcher front = FRONT_MATTER.matcher(text);
        boolean found = front.find();
        Map<?, ?> metadata = found ? metadata(front.group(1)) : Map.of();
        String body = COMMENT.matcher(found ? text.substring(front.end()) : text)
                .replaceAll("")
                .strip();
        Matcher heading = HEADING.matcher(body);
        if (!heading.find()) return new Readme(metadata, "", body);
        if (UNTOUCHED.matcher(heading.group(1)).find()) return new Readme(metadata, "", "");
        return new Readme(
                metadata, heading.group(1), body.substring(heading.end()).strip());
    }

    /** Plain values only, and few of them: this comes from strangers. */
    private static Map<?, ?> metadata(String yaml) {
        LoaderOptions options = new LoaderOptions();
        options.setCodePointLimit(LONGEST_METADATA);
        options.setMaxAliasesForCollections(10);
        options.setNestingDepthLimit(10);
        try {
            Object loaded = new Yaml(new SafeConstructor(options)).load(yaml);
            return loaded instanceof Map<?, ?> map ? map : Map.of();
        } catch (YAMLException | StackOverflowError e) {
            return Map.of(); // a card is prefilled with what can be read
        }
    }

    /** What it says of the adapter, as far as a card takes that. */
    public FittingCard card() {
        Optional<Map<?, ?>> example = example();
        Opening opening = Opening.of(body, text("short_description"));
        return FittingCard.of(new Card(
                text("title").orElse(title),
                opening.summary(),
                opening.rest(),
                words("tags"),
                words("language"),
                text("license").orElse(""),
                true,
                trainingData(),
                "",
                example.flatMap(e -> string(e.get("text"))).orElse(""),
                example.map(e -> e.get("output"))
                        .flatMap(o -> o instanceof Map<?, ?> output ? string(output.get("text")) : Optional.empty())
                        .orElse("")));
    }

    /** Nothing is said of what the README leaves open. */
    Draft draft() {
        Card card = card().card();
        return new Draft(
                null,
                null,
                null,
                null,
                null,
                null,
                null,
                said(card.title()),
                said(card.summary()),
                said(card.description()),
                said(card.tags()),
                said(card.languages()),
                said(card.licence()),
                null,
                said(card.trainingData()),
                null,
                said(card.exampleInput()),
                said(card.exampleOutput()));
    }

    private Optional<String> text(String key) {
        return string(metadata.get(key));
    }

    private static Optional<String> string(Object value) {
        return value instanceof String || value instanceof Number
                ? Optional.of(value.toString().strip()).filter(s -> !s.isEmpty())
                : Optional.empty();
    }

    /** One word, or a list of them. A language "no" is read as false by YAML 1.1. */
    private List<String> words(String key) {
        Object value = metadata.get(key);
        Stream<?> values =
                value instanceof List<?> list ? list.stream() : Stream.of(value).filter(Objects::nonNull);
        return values.map(v -> Boolean.FALSE.equals(v) ? "no" : v)
                .map(Readme::string)
                .flatMap(Optional::stream)
                .toList();
    }

    /** The data sets, unless the text has a section on them. */
    private String trainingData() {
        List<String> sets = words("datasets");
        return sets.isEmpty() || TRAINING_DATA.matcher(body).find()
                ? ""
                : sets.stream().collect(Collectors.joining(", ", "Datasets: ", "."));
    }

    private Optional<Map<?, ?>> example() {
        return metadata.get("widget") instanceof List<?> list && !list.isEmpty() && list.get(0) instanceof Map<?, ?> map
                ? Optional.of(map)
                : Optional.empty();
    }

    private static String said(String text) {
        return text.isEmpty() ? null : text;
    }

    private static List<String> said(List<String> words) {
        return words.isEmpty() ? null : words;
    }
}
