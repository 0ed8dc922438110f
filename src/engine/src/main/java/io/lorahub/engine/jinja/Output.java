package io.lorahub.engine.jinja;

import io.lorahub.engine.jinja.value.RenderBudget;

/** The text that a template or a part of it has written. */
final class Output {

    private final RenderBudget budget;
    private final StringBuilder text = new StringBuilder();

    Output(RenderBudget budget) {
        this.budget = budget;
    }

    void write(String part) {
        budget.spend(part.length());
        text.append(part);
    }

    String text() {
        budget.spend(text.length());
        return text.toString();
    }
}
