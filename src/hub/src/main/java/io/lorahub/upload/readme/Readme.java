package io.lorahub.upload.readme;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.lorahub.adapter.card.Card;
import io.lorahub.adapter.card.CardImport;
import io.lorahub.upload.Draft;
import io.lorahub.web.markdown.Markdown;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Date;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jsoup.Jsoup;
import org.jsoup.nodes.Document;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;

/**
 * An adapter's README.md as a card: metadata in YAML between two lines of ---, followed by Markdown. The keys are those
 * of model cards on the Hugging Face Hub.
 */
public final class Readme {

    private static final String FENCE = "---";
    private static final String COMMENT = "<!--";
    private static final String COMMENT_END = "-->";

    private static final Pattern TRAINING_DATA =
            Pattern.compile("^#{1,6}[ \\t]+training[ \\t]+data", Pattern.CASE_INSENSITIVE | Pattern.MULTILINE);

    /** PEFT's placeholder text in an unedited README. */
    private static final Pattern UNTOUCHED = Pattern.compile("Model Card for Model ID", Pattern.CASE_INSENSITIVE);

    /** NUL and unpaired surrogates, which the database does not accept. */
    private static final Pattern UNSTORABLE = Pattern.compile("[\\x00\\p{Cs}]");

    private static final int LONGEST_METADATA = 100_000;

    private final Map<String, Object> metadata;
    private final String metadataFault;
    private final String title;
    private final String body;

    private Readme(Metadata metadata, String title, String body) {
        this.metadata = metadata.values();
        this.metadataFault = metadata.fault();
        this.title = title;
        this.body = body;
    }

    /** @param fault why the values cannot be read; null if they can */
    private record Metadata(Map<String, Object> values, String fault) {

        static final Metadata NONE = new Metadata(Map.of(), null);
    }

    /** The values in YAML at the beginning; empty if there are none that can be read. */
    public Map<String, Object> metadata() {
        return metadata;
    }

    /** Why the metadata cannot be read; empty if they can, or if there are none. */
    public Optional<String> metadataFault() {
        return Optional.ofNullable(metadataFault);
    }

    /** Takes time linear in the length of the text, because READMEs are untrusted. */
    public static Readme of(String text) {
        String marked = text.startsWith("\uFEFF") ? text.substring(1) : text; // Windows editors write a byte-order mark
        String storable = UNSTORABLE.matcher(marked).replaceAll("");
        int yaml = afterFence(storable, indexOfText(storable));
        int end = yaml < 0 ? -1 : closingFence(storable, yaml);
        Metadata metadata = end < 0 ? Metadata.NONE : metadata(storable.substring(yaml, end));
        String body = withoutComments(end < 0 ? storable : storable.substring(afterFence(storable, end)))
                .strip();
        if (!body.startsWith("# ") && !body.startsWith("#\t")) return new Readme(metadata, "", body);
        String first = body.lines().findFirst().orElseThrow();
        String heading = stripEnd(first.substring(1).strip());
        if (heading.isEmpty()) return new Readme(metadata, "", body);
        if (UNTOUCHED.matcher(heading).find()) return new Readme(metadata, "", "");
        return new Readme(metadata, heading, body.substring(first.length()).strip());
    }

    /** Index of the first character that is not white space. */
    private static int indexOfText(String text) {
        int index = 0;
        while (index < text.length() && Character.isWhitespace(text.charAt(index))) index++;
        return index;
    }

    /** Start of the next line if this line is a fence; otherwise -1. */
    private static int afterFence(String text, int line) {
        if (!text.startsWith(FENCE, line)) return -1;
        int end = line + FENCE.length();
        while (end < text.length() && (text.charAt(end) == ' ' || text.charAt(end) == '\t')) end++;
        if (text.startsWith("\r\n", end)) return end + 2;
        if (end < text.length()) return text.charAt(end) == '\n' || text.charAt(end) == '\r' ? end + 1 : -1;
        return end;
    }

    /** Start of the line that closes the metadata; -1 if there is none. */
    private static int closingFence(String text, int from) {
        boolean begins = true;
        for (int i = from; i < text.length(); i++) {
            if (begins && afterFence(text, i) >= 0) return i;
            begins = text.charAt(i) == '\n' || text.charAt(i) == '\r';
        }
        return -1;
    }

    private static String withoutComments(String text) {
        StringBuilder kept = new StringBuilder();
        int from = 0;
        for (int begin = text.indexOf(COMMENT); begin >= 0; begin = text.indexOf(COMMENT, from)) {
            int end = text.indexOf(COMMENT_END, begin + COMMENT.length());
            if (end < 0) break;
            kept.append(text, from, begin);
            from = end + COMMENT_END.length();
        }
        return kept.append(text, from, text.length()).toString();
    }

    /** Removes the marks that may close a heading. */
    private static String stripEnd(String heading) {
        int end = heading.length();
        while (end > 0 && " \t#".indexOf(heading.charAt(end - 1)) >= 0) end--;
        return heading.substring(0, end);
    }

    /** Accepts only plain values, and few of them, because READMEs are untrusted. */
    private static Metadata metadata(String yaml) {
        LoaderOptions options = new LoaderOptions();
        options.setCodePointLimit(LONGEST_METADATA);
        options.setMaxAliasesForCollections(10);
        options.setNestingDepthLimit(10);
        try {
            Object loaded = new Yaml(new SafeConstructor(options)).load(yaml);
            if (loaded == null) return Metadata.NONE;
            return loaded instanceof Map<?, ?> map
                    ? new Metadata(new PlainValues().of(map), null)
                    : new Metadata(Map.of(), "The metadata are not a list of names with values.");
        } catch (RuntimeException | StackOverflowError e) { // of values with a tag, also exceptions that aren't YAML's
            // the card is prefilled with the readable parts
            return new Metadata(Map.of(), "The metadata are not YAML: %s".formatted(e.getMessage()));
        }
    }

    /**
     * Copies values so that they are what JSON can have, each in one place: in YAML a list can contain itself, and one that
     * is repeated through aliases takes the more room the deeper they are nested.
     */
    private static final class PlainValues {

        private int characters;

        Map<String, Object> of(Map<?, ?> map) {
            Map<String, Object> plain = new LinkedHashMap<>();
            map.forEach((name, value) -> {
                if (name instanceof Map || name instanceof Collection || name instanceof Object[]) {
                    throw new IllegalArgumentException("a name is no text.");
                }
                plain.put((String) value(String.valueOf(name)), value(value));
            });
            return plain;
        }

        private Object value(Object value) {
            if (++characters > LONGEST_METADATA) throw new IllegalArgumentException("they repeat too much.");
            if (value instanceof Map<?, ?> map) return of(map);
            if (value instanceof Object[] array) return value(Arrays.asList(array));
            if (value instanceof Collection<?> list) {
                List<Object> plain = new ArrayList<>();
                list.forEach(one -> plain.add(value(one)));
                return plain;
            }
            if (value instanceof Date date) return text(date.toInstant());
            if (value == null || value instanceof Number || value instanceof Boolean) return value;
            String text = value.toString();
            characters += text.length();
            return text;
        }

        /** A date without a time is midnight in UTC. */
        private static String text(Instant time) {
            return time.truncatedTo(ChronoUnit.DAYS).equals(time)
                    ? time.toString().substring(0, 10)
                    : time.toString();
        }
    }

    /** The parts of the README that fit on a card. */
    public CardImport card() {
        Optional<Map<?, ?>> example = example();
        SummaryExtractor opening = SummaryExtractor.of(body, text("short_description"));
        return CardImport.of(new Card(
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

    /** Fields that the README leaves open stay null. */
    public Draft draft() {
        ObjectNode said = card().card().json();
        said.remove("derivatives");
        return Draft.read(
                said.removeIf(value -> value.isEmpty() && value.asText().isEmpty()));
    }

    private Optional<String> text(String key) {
        return string(metadata.get(key));
    }

    private static Optional<String> string(Object value) {
        return value instanceof String || value instanceof Number
                ? Optional.of(UNSTORABLE
                                .matcher(value.toString())
                                .replaceAll("")
                                .strip())
                        .filter(s -> !s.isEmpty())
                : Optional.empty();
    }

    /** A single word or a list of words. YAML 1.1 reads the language "no" as false. */
    private List<String> words(String key) {
        Object value = metadata.get(key);
        Stream<?> values =
                value instanceof List<?> list ? list.stream() : Stream.of(value).filter(Objects::nonNull);
        return values.map(v -> Boolean.FALSE.equals(v) ? "no" : v)
                .map(Readme::string)
                .flatMap(Optional::stream)
                .toList();
    }

    /** The data sets from the metadata, unless the text has a section about them. */
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

    /**
     * Splits a description: its first sentences become the summary and are not repeated.
     *
     * @param summary one line; empty if the description does not begin with prose
     * @param rest the description without the summary
     */
    private record SummaryExtractor(String summary, String rest) {

        private static final int LONGEST_SUMMARY = 300;
        private static final int SHORTEST_SENTENCE = 20;
        private static final Pattern SENTENCE_END = Pattern.compile("[.!?](?=\\s+\\p{Lu})");

        /** Code, which is kept, or a footnote's mark, which only the description has. */
        private static final Pattern FOOTNOTE = Pattern.compile("(`+.+?`+)|\\[\\^[^\\]\\s]{1,50}\\]");

        /** Links, footnotes, struck out text, lists, quotes and tables, which would be lost in a summary. */
        private static final Pattern MORE_THAN_PROSE =
                Pattern.compile("\\]\\(|\\[\\^|~~|(?m)^\\s*(?:[-*+>|]|\\d+[.)])\\s");

        /** @param given the summary, if the README has one apart from its text */
        static SummaryExtractor of(String body, Optional<String> given) {
            String[] parts = body.split("\\R\\s*\\R", 2);
            String first = parts[0].strip();
            String rest = parts.length > 1 ? parts[1].strip() : "";
            boolean prose = !first.isEmpty() && Character.isLetterOrDigit(first.codePointAt(0));
            if (!prose) return new SummaryExtractor(given.orElse(""), body);
            String plain = plain(first);
            if (given.isPresent())
                return new SummaryExtractor(given.get(), given.get().equals(plain) ? rest : body);
            if (MORE_THAN_PROSE.matcher(first).find()) return new SummaryExtractor(cut(plain), body);
            if (plain.length() <= LONGEST_SUMMARY) return new SummaryExtractor(plain, rest);
            int end = firstSentence(first);
            if (end < 0) return new SummaryExtractor(cut(plain), body);
            return new SummaryExtractor(
                    plain(first.substring(0, end)), (first.substring(end).strip() + "\n\n" + rest).strip());
        }

        /** Index of its end; -1 if it is too long. */
        private static int firstSentence(String text) {
            Matcher end = SENTENCE_END.matcher(text);
            boolean ends = text.length() > SHORTEST_SENTENCE && end.find(SHORTEST_SENTENCE);
            return ends && end.end() <= LONGEST_SUMMARY ? end.end() : -1;
        }

        private static String plain(String text) {
            Document html = Jsoup.parseBodyFragment(
                    Markdown.html(FOOTNOTE.matcher(text).replaceAll("$1")).getValue());
            html.select("del").remove(); // it no longer holds
            html.select("li:not(:last-child)").append(";");
            return html.text();
        }

        private static String cut(String text) {
            return text.length() <= LONGEST_SUMMARY ? text : text.substring(0, LONGEST_SUMMARY - 1) + "…";
        }
    }
}
