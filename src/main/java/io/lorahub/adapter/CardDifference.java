package io.lorahub.adapter;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Where what is stored of an adapter is not what was typed. */
final class CardDifference {

    private final List<EditPageModel.Difference> found = new ArrayList<>();

    private CardDifference() {}

    static List<EditPageModel.Difference> of(Adapter adapter, CardForm form) {
        CardDifference difference = new CardDifference();
        Card stored = Card.of(adapter);
        Card typed = form.change().over(stored);
        difference.add("Title", stored.title(), typed.title());
        difference.add("What it does, in one sentence", stored.summary(), typed.summary());
        difference.add("Example input", stored.exampleInput(), typed.exampleInput());
        difference.add("Example output", stored.exampleOutput(), typed.exampleOutput());
        difference.add("Licence", stored.licence(), typed.licence());
        String visibility = CardForm.of(adapter).visibility;
        difference.add("Who can see it", visibility, form.visibility == null ? visibility : form.visibility);
        difference.add("Compositions", mayBePublished(stored.derivatives()), mayBePublished(typed.derivatives()));
        difference.add("Description", stored.description(), typed.description());
        difference.add("Task tags", words(stored.tags()), words(typed.tags()));
        difference.add("Languages", words(stored.languages()), words(typed.languages()));
        difference.add("Training data", stored.trainingData(), typed.trainingData());
        difference.add("Intended use", stored.intendedUse(), typed.intendedUse());
        Map<String, String> notes = form.typedNotes();
        for (AdapterVersion version : AdapterVersion.of(adapter)) {
            String text = notes.getOrDefault(version.label, version.notes);
            difference.add("What is new in " + version.label, version.notes, CardText.block(text));
        }
        return difference.found;
    }

    private void add(String what, String stored, String typed) {
        if (!stored.equals(typed)) found.add(new EditPageModel.Difference(what, stored.isEmpty() ? "(empty)" : stored));
    }

    private static String mayBePublished(boolean derivatives) {
        return derivatives ? "may be published" : "may not be published";
    }

    private static String words(List<String> words) {
        return String.join(", ", words);
    }
}
