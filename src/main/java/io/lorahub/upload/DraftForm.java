package io.lorahub.upload;

import io.lorahub.adapter.Adapter;
import java.util.Arrays;
import java.util.List;
import org.jboss.resteasy.reactive.RestForm;

/** The fields of an upload's card form, as they were typed. Those that a form lacks are null. */
public class DraftForm {

    @RestForm
    public String publisher;

    /** {@code publisher/name}; empty for a new adapter. */
    @RestForm
    public String adapter;

    @RestForm
    public String name;

    @RestForm
    public String version;

    @RestForm
    public String notes;

    @RestForm
    public String visibility;

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

    static DraftForm of(Upload upload, Draft draft) {
        DraftForm form = new DraftForm();
        form.publisher = upload.publisher == null ? "" : upload.publisher.name;
        form.adapter = upload.adapter == null ? "" : upload.adapter.address();
        form.name = draft.name();
        form.version = draft.version();
        form.notes = draft.notes();
        form.visibility = draft.visibility() == null ? "public" : draft.visibility();
        form.title = draft.title();
        form.summary = draft.summary();
        form.description = draft.description();
        form.tags = words(draft.tags());
        form.languages = words(draft.languages());
        form.licence = draft.card().licence();
        form.derivatives = draft.derivatives() == null || draft.derivatives();
        form.trainingData = draft.trainingData();
        form.intendedUse = draft.intendedUse();
        form.exampleInput = draft.exampleInput();
        form.exampleOutput = draft.exampleOutput();
        return form;
    }

    Draft draft() {
        return new Draft(
                publisher,
                adapter,
                null,
                name,
                version,
                notes,
                visibility,
                title,
                summary,
                description,
                list(tags),
                list(languages),
                licence,
                derivatives,
                trainingData,
                intendedUse,
                exampleInput,
                exampleOutput);
    }

    /** Whether it is aimed at another adapter than the upload is. */
    boolean aimsElsewhere(Adapter target) {
        return adapter != null && !adapter.equals(target == null ? "" : target.address());
    }

    public boolean isSeenAs(String word) {
        return word.equals(visibility);
    }

    private static String words(List<String> words) {
        return words == null ? "" : String.join(", ", words);
    }

    private static List<String> list(String words) {
        return words == null
                ? null
                : Arrays.stream(words.split("[,\\s]+"))
                        .filter(w -> !w.isEmpty())
                        .toList();
    }
}
