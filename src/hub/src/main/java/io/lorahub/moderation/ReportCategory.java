package io.lorahub.moderation;

import io.lorahub.engine.names.EnumNames;
import java.util.Optional;

/** Reasons for reporting an adapter. */
public enum ReportCategory {
    COPY("Copy of another adapter without credit"),
    LICENCE("Licence is wrong or broken"),
    MISLEADING("Card claims what the adapter does not do"),
    HARMFUL("Harmful or illegal content"),
    BROKEN("Files are broken"),
    SPAM("Spam or advertising"),
    OTHER("Something else");

    private final String label;

    ReportCategory(String label) {
        this.label = label;
    }

    public String label() {
        return label;
    }

    /** Form for HTML forms and the API. */
    public String word() {
        return EnumNames.of(this);
    }

    static Optional<ReportCategory> of(String word) {
        return EnumNames.find(ReportCategory.class, word);
    }
}
