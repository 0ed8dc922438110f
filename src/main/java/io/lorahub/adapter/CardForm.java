package io.lorahub.adapter;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
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

    @RestForm
    public String notes;

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
        form.notes = adapter.newest().notes;
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
                notes);
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
