package io.lorahub.composition.publication;

import io.lorahub.adapter.Card;
import jakarta.ws.rs.core.MultivaluedMap;
import java.util.Arrays;
import java.util.List;

/** The form of a publication as it was typed. */
public record MixForm(
        String publisher,
        String name,
        String visibility,
        String title,
        String summary,
        String description,
        String tags,
        String languages,
        String export,
        boolean recipe) {

    /** With what is proposed. */
    static MixForm of(Card card, String name, String visibility) {
        return new MixForm(
                "",
                name,
                visibility,
                card.title(),
                card.summary(),
                card.description(),
                String.join(", ", card.tags()),
                String.join(", ", card.languages()),
                "",
                false);
    }

    static MixForm of(MultivaluedMap<String, String> sent) {
        return new MixForm(
                text(sent, "publisher"),
                text(sent, "name"),
                text(sent, "visibility"),
                text(sent, "title"),
                text(sent, "summary"),
                text(sent, "description"),
                text(sent, "tags"),
                text(sent, "languages"),
                text(sent, "export"),
                sent.containsKey("recipe"));
    }

    private static String text(MultivaluedMap<String, String> sent, String field) {
        String value = sent.getFirst(field);
        return value == null ? "" : value.strip();
    }

    MixDraft draft() {
        return new MixDraft(
                publisher,
                name,
                visibility,
                title,
                summary,
                description,
                words(tags),
                words(languages),
                null,
                null,
                export,
                recipe);
    }

    private static List<String> words(String typed) {
        return Arrays.stream(typed.split("[,\\s]+"))
                .filter(word -> !word.isEmpty())
                .toList();
    }
}
