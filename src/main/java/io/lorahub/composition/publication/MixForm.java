package io.lorahub.composition.publication;

import io.lorahub.adapter.card.Card;
import io.lorahub.adapter.card.CardForm;
import org.jboss.resteasy.reactive.RestForm;

/** The publication form as filled in. */
public class MixForm extends CardForm {

    @RestForm
    public String publisher;

    @RestForm
    public String name;

    @RestForm
    public String export;

    @RestForm
    public boolean recipe;

    /** A form filled in with the proposal. */
    static MixForm of(Card card, String name, String visibility) {
        MixForm form = new MixForm();
        form.fill(card.json());
        form.name = name;
        form.visibility = visibility;
        return form;
    }

    MixDraft draft() {
        return to(MixDraft.class);
    }
}
