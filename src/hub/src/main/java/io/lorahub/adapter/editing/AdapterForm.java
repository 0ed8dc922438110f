package io.lorahub.adapter.editing;

import com.fasterxml.jackson.annotation.JsonIgnore;
import io.lorahub.adapter.Adapter;
import io.lorahub.adapter.card.Card;
import io.lorahub.adapter.card.CardForm;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jboss.resteasy.reactive.RestForm;

/** The form for changing a published adapter, as typed. */
public class AdapterForm extends CardForm {

    @RestForm
    @JsonIgnore
    public int edition;

    /** Labels of the versions whose notes were typed, in the same order as the notes. */
    @RestForm
    @JsonIgnore
    public List<String> label;

    @RestForm
    @JsonIgnore
    public List<String> notes;

    /** Omits the notes of versions. */
    static AdapterForm of(Adapter adapter) {
        AdapterForm form = new AdapterForm();
        form.edition = adapter.edition;
        form.fill(Card.of(adapter).json());
        form.visibility = adapter.visibility.word();
        return form;
    }

    AdapterChange change() {
        return AdapterChange.of(json().putPOJO("version_notes", typedNotes()));
    }

    /** Typed notes by version label; those of other versions stay unchanged. */
    Map<String, String> typedNotes() {
        Map<String, String> typed = new LinkedHashMap<>();
        if (label == null || notes == null) return typed;
        for (int i = 0; i < Math.min(label.size(), notes.size()); i++) typed.put(label.get(i), notes.get(i));
        return typed;
    }
}
