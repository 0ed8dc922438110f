package io.lorahub.adapter;

import io.lorahub.web.FieldError;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What versions are to say from now on of what is new in them. */
record NotesChange(Map<AdapterVersion, String> texts) {

    private static final int LONGEST = 4000;

    /**
     * @param versions newest first
     * @param faults   to which everything is added that speaks against it
     */
    static NotesChange of(AdapterChange change, List<AdapterVersion> versions, List<FieldError> faults) {
        Map<AdapterVersion, String> texts = new LinkedHashMap<>();
        if (change.notes() != null) texts.put(versions.get(0), text("notes", change.notes(), faults));
        if (change.versionNotes() == null) return new NotesChange(texts);
        change.versionNotes().forEach((label, typed) -> {
            Optional<AdapterVersion> version =
                    versions.stream().filter(v -> v.label.equals(label)).findFirst();
            String text = text(field(label), typed, faults);
            version.ifPresentOrElse(
                    v -> texts.put(v, text),
                    () -> faults.add(new FieldError(field(label), "There is no version %s.".formatted(label))));
        });
        return new NotesChange(texts);
    }

    /** Of a cause that is about a version's notes. */
    static String field(String label) {
        return "versionNotes." + label;
    }

    void write() {
        texts.forEach((version, text) -> version.notes = text);
    }

    private static String text(String field, String typed, List<FieldError> faults) {
        String text = CardText.block(typed);
        if (text.length() > LONGEST) {
            faults.add(new FieldError(field, "At most %,d characters fit.".formatted(LONGEST)));
        }
        return text;
    }
}
