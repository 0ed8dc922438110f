package io.lorahub.upload;

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
final class Readme {

    private static final Pattern FRONT_MATTER =
            Pattern.compile("\\A\\s*---[ \\t]*\\R(.*?)^---[ \\t]*(?:\\R|\\z)", Pattern.DOTALL | Pattern.MULTILINE);
    private static final Pattern COMMENT = Pattern.compile("<!--.*?-->", Pattern.DOTALL);
    private static final Pattern HEADING = Pattern.compile("\\A#[ \\t]+(.+?)[ \\t#]*(?:\\R|\\z)");

    /** What PEFT writes where nobody wrote anything. */
    private static final Pattern UNTOUCHED = Pattern.compile("Model Card for Model ID", Pattern.CASE_INSENSITIVE);

    private static final int LONGEST_METADATA = 100_000;
    private static final int LONGEST_SUMMARY = 300;
    private static final int LONGEST_TITLE = 100;

    private final Map<?, ?> metadata;
    private final String title;
    private final String body;

    private Readme(Map<?, ?> metadata, String title, String body) {
        this.metadata = metadata;
        this.title = title;
        this.body = body;
    }

    static Readme of(String text) {
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

    Draft draft() {
        Optional<Map<?, ?>> example = example();
        return new Draft(
                null,
                null,
                null,
                null,
                null,
                null,
                null,
                cut(text("title").orElse(title), LONGEST_TITLE),
                cut(text("short_description").orElseGet(this::firstParagraph), LONGEST_SUMMARY),
                body.isEmpty() ? null : body,
                none(words("tags")),
                none(words("language")),
                text("license").orElse(null),
                null,
                trainingData(),
                null,
                example.flatMap(e -> string(e.get("text"))).orElse(null),
                example.map(e -> e.get("output"))
                        .flatMap(o -> o instanceof Map<?, ?> output ? string(output.get("text")) : Optional.empty())
                        .orElse(null));
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

    private String trainingData() {
        List<String> sets = words("datasets");
        return sets.isEmpty() ? null : sets.stream().collect(Collectors.joining(", ", "Datasets: ", "."));
    }

    private Optional<Map<?, ?>> example() {
        return metadata.get("widget") instanceof List<?> list && !list.isEmpty() && list.get(0) instanceof Map<?, ?> map
                ? Optional.of(map)
                : Optional.empty();
    }

    /** If it is prose. */
    private String firstParagraph() {
        String first = body.split("\\R\\s*\\R", 2)[0];
        boolean prose = !first.isBlank() && Character.isLetterOrDigit(first.codePointAt(0));
        return prose ? first.replaceAll("\\s+", " ").replaceAll("[*_`]{1,3}(\\S[^*_`]*)[*_`]{1,3}", "$1") : "";
    }

    private static String cut(String text, int most) {
        if (text.isEmpty()) return null;
        return text.length() <= most ? text : text.substring(0, most - 1) + "…";
    }

    private static List<String> none(List<String> words) {
        return words.isEmpty() ? null : words;
    }
}
