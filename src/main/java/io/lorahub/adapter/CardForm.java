package io.lorahub.adapter;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jboss.resteasy.reactive.RestForm;

/** The fields of the form in which a card is changed, as they were typed. */
public class CardForm {

    @RestForm
    public int edition;

    @RestForm
    public String title;

    @RestForm
    public String summary;

    @RestForm
    public String description;

    @RestForm
    public String tags;

    @RestForm
    public String languages;

    @RestForm
    public String licence;

    @RestForm
    public boolean derivatives;

    @RestForm
    public String trainingData;

    @RestForm
    public String intendedUse;

    @RestForm
    public String exampleInput;

    @RestForm
    public String exampleOutput;

    @RestForm
    public String visibility;

    /** Of the versions whose notes were typed, in the same order as these. */
    @RestForm
    public List<String> label;

    @RestForm
    public List<String> notes;

    /** Without the notes of versions. */
    static CardForm of(Adapter adapter) {
        CardForm form = new CardForm();
        form.edition = adapter.edition;
        form.title = adapter.title;
        form.summary = adapter.summary;
        form.description = adapter.description;
        form.tags = String.join(", ", adapter.tags);
        form.languages = String.join(", ", adapter.languages);
        form.licence = adapter.licence;
        form.derivatives = adapter.derivatives;
        form.trainingData = adapter.trainingData;
        form.intendedUse = adapter.intendedUse;
        form.exampleInput = adapter.exampleInput;
        form.exampleOutput = adapter.exampleOutput;
        form.visibility = adapter.visibility.name().toLowerCase(Locale.ROOT);
        return form;
    }

    AdapterChange change() {
        return new AdapterChange(
                title,
                summary,
                description,
                words(tags),
                words(languages),
                licence,
                derivatives,
                trainingData,
                intendedUse,
                exampleInput,
                exampleOutput,
                visibility,
                null,
                typedNotes());
    }

    /** By the labels of versions; those of other versions stay as they are. */
    Map<String, String> typedNotes() {
        Map<String, String> typed = new LinkedHashMap<>();
        if (label == null || notes == null) return typed;
        for (int i = 0; i < Math.min(label.size(), notes.size()); i++) typed.put(label.get(i), notes.get(i));
        return typed;
    }

    public boolean isSeenAs(String word) {
        return word.equals(visibility);
    }

    private static List<String> words(String text) {
        return text == null
                ? null
                : Arrays.stream(text.split("[,\\s]+")).filter(w -> !w.isEmpty()).toList();
    }
}
