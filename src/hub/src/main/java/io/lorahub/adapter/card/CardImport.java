package io.lorahub.adapter.card;

import io.lorahub.web.FieldError;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/**
 * A card from another source, such as a README, reduced to what can be published: parts that do not fit are cut or left
 * out.
 *
 * @param lost the parts that were cut or left out, each described in a whole sentence with its field name
 */
public record CardImport(Card card, List<FieldError> lost) {

    public static CardImport of(Card card) {
        List<FieldError> lost = new ArrayList<>();
        Card fitting = new Card(
                cut("title", card.title(), Card.LONGEST_TITLE, lost),
                cut("summary", card.summary(), Card.LONGEST_SUMMARY, lost),
                cut("description", card.description(), Card.LONGEST_DESCRIPTION, lost),
                kept("tags", withoutBase(card.tags()), Card::isTag, Card.MAX_TAGS, lost),
                kept("languages", card.languages(), LanguageTag::isTag, Card.MAX_LANGUAGES, lost),
                licence(card.licence(), lost),
                card.derivatives(),
                cut("training_data", card.trainingData(), Card.LONGEST_NOTE, lost),
                cut("intended_use", card.intendedUse(), Card.LONGEST_NOTE, lost),
                cut("example_input", card.exampleInput(), Card.LONGEST_EXAMPLE, lost),
                cut("example_output", card.exampleOutput(), Card.LONGEST_EXAMPLE, lost));
        return new CardImport(fitting, List.copyOf(lost));
    }

    /** PEFT writes the base model into the tags as well, as {@code base_model:adapter:google/flan-t5-small}. */
    private static List<String> withoutBase(List<String> tags) {
        return tags.stream().filter(tag -> !tag.startsWith("base_model:")).toList();
    }

    /** Cuts at the end of a paragraph, if one ends in the last quarter of the permitted length. */
    private static String cut(String field, String text, int most, List<FieldError> lost) {
        if (text.length() <= most) return text;
        lost.add(new FieldError(
                field,
                "The %s has %,d characters; the limit is %,d, so its end is left out."
                        .formatted(words(field), text.length(), most)));
        int end = text.lastIndexOf("\n\n", most - 3);
        return end > most * 3 / 4 ? text.substring(0, end) + "\n\n…" : text.substring(0, most - 1) + "…";
    }

    private static List<String> kept(
            String field, List<String> all, Predicate<String> fits, int most, List<FieldError> lost) {
        List<String> others =
                all.stream().filter(word -> !fits.test(word)).limit(most).toList();
        if (!others.isEmpty()) {
            lost.add(new FieldError(
                    field,
                    "Left out of the %s, as %s: %s."
                            .formatted(
                                    field,
                                    field.equals("languages")
                                            ? "it isn't a language tag such as en, de or pt-BR"
                                            : "a tag is one word of letters, digits and hyphens",
                                    others.stream().map(CardImport::brief).collect(Collectors.joining(", ")))));
        }
        List<String> kept = all.stream().filter(fits).toList();
        if (kept.size() <= most) return kept;
        lost.add(new FieldError(
                field, "There are %d %s; only the first %d are used.".formatted(kept.size(), field, most)));
        return kept.subList(0, most);
    }

    private static String licence(String licence, List<FieldError> lost) {
        if (licence.isEmpty() || Licence.of(licence).isPresent()) return licence;
        lost.add(new FieldError(
                "licence", "The licence %s is not in the list of licences and is left out.".formatted(brief(licence))));
        return "";
    }

    private static String brief(String word) {
        return "“" + (word.length() <= 40 ? word : word.substring(0, 40) + "…") + "”";
    }

    /** Converts a field name to words: {@code training_data} becomes "training data". */
    private static String words(String field) {
        return field.replace('_', ' ');
    }
}
