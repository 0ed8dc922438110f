package io.lorahub.adapter.editing;

import io.lorahub.adapter.Adapter;
import io.lorahub.adapter.AdapterVersion;
import io.lorahub.adapter.card.Card;
import io.lorahub.adapter.card.CardText;
import io.lorahub.web.FormErrors;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * The contents of the page for editing an adapter.
 *
 * @param form as stored, or as typed
 * @param notes of all versions, newest first
 * @param preview the description to preview; null for none
 * @param stored the stored values of fields that differ from the typed ones, if another member saved the adapter after
 *     the page was opened; otherwise null
 */
public record EditPageModel(
        Adapter adapter, AdapterForm form, List<Notes> notes, String preview, List<Difference> stored) {

    /** @param field name used in errors about the notes */
    public record Notes(String label, String field, String text) {}

    /** @param what label of a field */
    public record Difference(String what, String stored) {}

    static EditPageModel of(Adapter adapter) {
        return typed(adapter, AdapterForm.of(adapter), null);
    }

    static EditPageModel typed(Adapter adapter, AdapterForm form, String preview) {
        return new EditPageModel(adapter, form, notes(adapter, form), preview, null);
    }

    /** Lets a member save the typed values over another member's changes after seeing them. */
    static EditPageModel overtaken(Adapter now, AdapterForm form) {
        List<Difference> stored = differences(now, form);
        form.edition = now.edition;
        return new EditPageModel(now, form, notes(now, form), null, stored);
    }

    private static List<Difference> differences(Adapter adapter, AdapterForm form) {
        List<Difference> differences = new ArrayList<>();
        Card stored = Card.of(adapter);
        Card typed = stored.with(form.change());
        add(differences, "Title", stored.title(), typed.title());
        add(differences, "What it does, in one sentence", stored.summary(), typed.summary());
        add(differences, "Example input", stored.exampleInput(), typed.exampleInput());
        add(differences, "Example output", stored.exampleOutput(), typed.exampleOutput());
        add(differences, "Licence", stored.licence(), typed.licence());
        String visibility = adapter.visibility.word();
        add(differences, "Who can see it", visibility, form.visibility == null ? visibility : form.visibility);
        add(differences, "Compositions", mayBePublished(stored.derivatives()), mayBePublished(typed.derivatives()));
        add(differences, "Description", stored.description(), typed.description());
        add(differences, "Task tags", words(stored.tags()), words(typed.tags()));
        add(differences, "Languages", words(stored.languages()), words(typed.languages()));
        add(differences, "Training data", stored.trainingData(), typed.trainingData());
        add(differences, "Intended use", stored.intendedUse(), typed.intendedUse());
        Map<String, String> notes = form.typedNotes();
        for (AdapterVersion version : AdapterVersion.of(adapter)) {
            String text = notes.getOrDefault(version.label, version.notes);
            add(differences, "What is new in " + version.label, version.notes, CardText.block(text));
        }
        return differences;
    }

    private static void add(List<Difference> differences, String what, String stored, String typed) {
        if (!stored.equals(typed)) differences.add(new Difference(what, stored.isEmpty() ? "(empty)" : stored));
    }

    private static String mayBePublished(boolean derivatives) {
        return derivatives ? "may be published" : "may not be published";
    }

    private static String words(List<String> words) {
        return String.join(", ", words);
    }

    private static List<Notes> notes(Adapter adapter, AdapterForm form) {
        Map<String, String> typed = form.typedNotes();
        return AdapterVersion.of(adapter).stream()
                .map(v -> new Notes(v.label, AdapterEditing.notesField(v.label), typed.getOrDefault(v.label, v.notes)))
                .toList();
    }

    public Notes newest() {
        return notes.get(0);
    }

    public List<Notes> older() {
        return notes.subList(1, notes.size());
    }

    /** Whether the notes of older versions, which are collapsed, contain errors. */
    public boolean olderWrong(FormErrors errors) {
        return older().stream().anyMatch(one -> !errors.of(one.field).isEmpty());
    }
}
