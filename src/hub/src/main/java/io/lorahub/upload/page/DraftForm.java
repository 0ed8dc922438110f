package io.lorahub.upload.page;

import io.lorahub.adapter.card.CardForm;
import io.lorahub.upload.Draft;
import io.lorahub.upload.Upload;
import org.jboss.resteasy.reactive.RestForm;

/** The form for an upload's card, as typed. */
public class DraftForm extends CardForm {

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

    static DraftForm of(Upload upload, Draft draft) {
        DraftForm form = new DraftForm();
        form.visibility = "public";
        form.derivatives = true;
        form.fill(draft.json());
        form.licence = draft.card().licence();
        form.publisher = upload.publisher == null ? "" : upload.publisher.name;
        form.adapter = upload.adapter == null ? "" : upload.adapter.address();
        return form;
    }

    Draft draft() {
        return to(Draft.class);
    }
}
