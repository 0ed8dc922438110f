package io.lorahub.adapter;

import io.lorahub.web.FormErrors;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/**
 * What the page shows on which an adapter is changed.
 *
 * @param form    as it is stored, or as it was typed
 * @param notes   of all versions, newest first
 * @param preview the description to show as it will be; null for none
 * @param stored  what is stored in fields that were typed otherwise, where somebody else saved the adapter after the
 *     page was opened; null where nobody did
 */
public record EditPageModel(
        Adapter adapter, CardForm form, List<Notes> notes, String preview, List<Difference> stored) {

    /** @param field of a cause that is about them */
    public record Notes(String label, String field, String text) {}

    /** @param what label of a field */
    public record Difference(String what, String stored) {}

    static EditPageModel of(Adapter adapter) {
        return typed(adapter, CardForm.of(adapter), null);
    }

    static EditPageModel typed(Adapter adapter, CardForm form, String preview) {
        return new EditPageModel(adapter, form, notes(adapter, form), preview, null);
    }

    /** What was typed can be saved over what somebody else saved, once that was seen. */
    static EditPageModel overtaken(Adapter now, CardForm form) {
        List<Difference> stored = CardDifference.of(now, form);
        form.edition = now.edition;
        return new EditPageModel(now, form, notes(now, form), null, stored);
    }

    private static List<Notes> notes(Adapter adapter, CardForm form) {
        Map<String, String> typed = form.typedNotes();
        return AdapterVersion.of(adapter).stream()
                .map(v -> new Notes(v.label, NotesChange.field(v.label), typed.getOrDefault(v.label, v.notes)))
                .toList();
    }

    public Notes newest() {
        return notes.get(0);
    }

    public List<Notes> older() {
        return notes.subList(1, notes.size());
    }

    /** Whether something is wrong with older ones, which are folded. */
    public boolean olderWrong(FormErrors errors) {
        return older().stream().anyMatch(one -> !errors.of(one.field).isEmpty());
    }

    public List<Licence.Family> families() {
        return Arrays.asList(Licence.Family.values());
    }
}
