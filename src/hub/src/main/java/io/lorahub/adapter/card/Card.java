package io.lorahub.adapter.card;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.lorahub.adapter.Adapter;
import io.lorahub.web.FieldError;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;

/**
 * An author's description of an adapter. Texts are cleaned up on creation; {@link #faults} checks completeness.
 *
 * @param summary purpose of the adapter, in one sentence
 * @param description Markdown
 * @param tags lower case words
 * @param languages BCP 47 tags
 * @param licence {@link Licence#id}, in any case
 * @param derivatives whether others are allowed to publish compositions of it; if the licence settles this, its answer
 *     applies
 */
@JsonNaming(SnakeCaseStrategy.class)
@JsonIgnoreProperties(ignoreUnknown = true)
public record Card(
        String title,
        String summary,
        String description,
        List<String> tags,
        List<String> languages,
        String licence,
        boolean derivatives,
        String trainingData,
        String intendedUse,
        String exampleInput,
        String exampleOutput) {

    private static final ObjectMapper JSON = new ObjectMapper();

    public static final Card EMPTY = JSON.convertValue(Map.of("derivatives", true), Card.class);

    public static final int MAX_TAGS = 12;
    public static final int MAX_LANGUAGES = 20;

    public static final int LONGEST_TITLE = 100;
    static final int LONGEST_SUMMARY = 300;
    static final int LONGEST_DESCRIPTION = 100_000;
    static final int LONGEST_NOTE = 4000;
    static final int LONGEST_EXAMPLE = 2000;

    public Card {
        title = CardText.line(title);
        summary = CardText.line(summary);
        description = CardText.block(description);
        tags = words(tags).map(t -> t.toLowerCase(Locale.ROOT)).distinct().toList();
        languages = words(languages).map(LanguageTag::canonical).distinct().toList();
        licence = Licence.of(licence).map(Licence::id).orElse(CardText.line(licence));
        derivatives = Licence.of(licence)
                        .map(l -> l.derivatives() == Licence.Derivatives.ALLOWED)
                        .orElse(false)
                || derivatives && authorDecides(licence);
        trainingData = CardText.block(trainingData);
        intendedUse = CardText.block(intendedUse);
        exampleInput = CardText.block(exampleInput);
        exampleOutput = CardText.block(exampleOutput);
    }

    public static Card of(Adapter adapter) {
        return new Card(
                adapter.title,
                adapter.summary,
                adapter.description,
                adapter.tags,
                adapter.languages,
                adapter.licence,
                adapter.derivatives,
                adapter.trainingData,
                adapter.intendedUse,
                adapter.exampleInput,
                adapter.exampleOutput);
    }

    /** The card as JSON, by the names of the API. */
    public ObjectNode json() {
        return JSON.valueToTree(this);
    }

    /** @param said some of the fields, by the names of the API; fields that are null keep this card's values */
    public Card with(Object said) {
        ObjectNode card = json();
        JSON.<ObjectNode>valueToTree(said).properties().stream()
                .filter(field -> !field.getValue().isNull())
                .forEach(field -> card.set(field.getKey(), field.getValue()));
        return JSON.convertValue(card, Card.class);
    }

    /** Everything that prevents publishing, by field name. */
    public List<FieldError> faults() {
        List<FieldError> faults = new ArrayList<>();
        if (title.isEmpty()) faults.add(new FieldError("title", "Give it a title, such as “Regular past tense”."));
        tooLong("title", title, LONGEST_TITLE, faults);
        tooLong("summary", summary, LONGEST_SUMMARY, faults);
        tooLong("description", description, LONGEST_DESCRIPTION, faults);
        tagFaults(faults);
        languageFaults(faults);
        licenceFault(faults);
        tooLong("training_data", trainingData, LONGEST_NOTE, faults);
        tooLong("intended_use", intendedUse, LONGEST_NOTE, faults);
        tooLong("example_input", exampleInput, LONGEST_EXAMPLE, faults);
        tooLong("example_output", exampleOutput, LONGEST_EXAMPLE, faults);
        return faults;
    }

    public void writeTo(Adapter adapter) {
        adapter.title = title;
        adapter.summary = summary;
        adapter.description = description;
        adapter.tags = new ArrayList<>(tags);
        adapter.languages = new ArrayList<>(languages);
        adapter.licence = licence;
        adapter.derivatives = derivatives;
        adapter.trainingData = trainingData;
        adapter.intendedUse = intendedUse;
        adapter.exampleInput = exampleInput;
        adapter.exampleOutput = exampleOutput;
    }

    private void tagFaults(List<FieldError> faults) {
        if (tags.size() > MAX_TAGS) {
            faults.add(new FieldError("tags", "There are %d tags; the limit is %d.".formatted(tags.size(), MAX_TAGS)));
        }
        tags.stream()
                .filter(t -> !isTag(t))
                .findFirst()
                .ifPresent(t -> faults.add(new FieldError(
                        "tags",
                        "“%s” isn't a tag. Use one word of up to 40 letters, digits and hyphens.".formatted(t))));
    }

    static boolean isTag(String word) {
        return word.length() <= 40 && word.matches("[\\p{L}\\p{N}]([-+._]?[\\p{L}\\p{N}])*");
    }

    private void languageFaults(List<FieldError> faults) {
        if (languages.size() > MAX_LANGUAGES) {
            faults.add(new FieldError(
                    "languages",
                    "There are %d languages; the limit is %d.".formatted(languages.size(), MAX_LANGUAGES)));
        }
        languages.stream()
                .filter(l -> !LanguageTag.isTag(l))
                .findFirst()
                .ifPresent(l -> faults.add(new FieldError(
                        "languages", "“%s” isn't a language tag. Use a tag such as en, de or pt-BR.".formatted(l))));
    }

    private void licenceFault(List<FieldError> faults) {
        if (licence.isEmpty()) {
            faults.add(
                    new FieldError("licence", "Choose a licence. Without one, nobody is allowed to use the adapter."));
        } else if (Licence.of(licence).isEmpty()) {
            faults.add(new FieldError(
                    "licence",
                    "“%s” is not in the list of licences; choose one, or “other” and name it in the description."
                            .formatted(licence)));
        }
    }

    private static void tooLong(String field, String text, int most, List<FieldError> faults) {
        if (text.length() > most) {
            faults.add(
                    new FieldError(field, "This has %,d characters; the limit is %,d.".formatted(text.length(), most)));
        }
    }

    private static boolean authorDecides(String licence) {
        return Licence.of(licence)
                .map(l -> l.derivatives() == Licence.Derivatives.AUTHOR)
                .orElse(true);
    }

    private static Stream<String> words(List<String> words) {
        return words == null
                ? Stream.empty()
                : words.stream().filter(Objects::nonNull).map(CardText::line).filter(w -> !w.isEmpty());
    }
}
