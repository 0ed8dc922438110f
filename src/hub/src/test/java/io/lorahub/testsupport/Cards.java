package io.lorahub.testsupport;

import io.lorahub.adapter.card.Card;
import java.util.List;

/** Complete cards that differ in one field. */
public final class Cards {

    private Cards() {}

    public static Card aCard() {
        return titled("Regular past tense");
    }

    public static Card titled(String title) {
        return card(title, List.of("spelling"), List.of("en"), "MIT", true);
    }

    public static Card tagged(String... tags) {
        return card("Regular past tense", List.of(tags), List.of("en"), "MIT", true);
    }

    public static Card inLanguages(String... languages) {
        return card("Regular past tense", List.of(), List.of(languages), "MIT", true);
    }

    public static Card under(String licence, boolean derivatives) {
        return card("Regular past tense", List.of(), List.of(), licence, derivatives);
    }

    private static Card card(
            String title, List<String> tags, List<String> languages, String licence, boolean derivatives) {
        return new Card(
                title,
                "Puts a verb into the past.",
                "Trained on *2,600* words.",
                tags,
                languages,
                licence,
                derivatives,
                "English words.",
                "Spelling games.",
                "walk",
                "walked");
    }
}
