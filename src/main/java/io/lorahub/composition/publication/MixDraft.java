package io.lorahub.composition.publication;

import com.fasterxml.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import io.lorahub.adapter.Card;
import java.util.List;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/**
 * What is said of a mix that is to be published. Whatever is null is as LoraHub proposes; the licence follows from the
 * parts.
 *
 * @param publisher  under whose name; by default the member's own
 * @param name       the last part of its address; an adapter of this name gets a new version
 * @param visibility {@code public}, {@code unlisted} or {@code private}; by default as the adapter is that gets a new version, else
 *     private
 * @param export     a trial that made a compressed adapter; by default the lossless one is published
 * @param recipe     whether the recipe goes with it, which holds the few-shot examples; by default it does not
 */
@JsonNaming(SnakeCaseStrategy.class)
public record MixDraft(
        String publisher,
        String name,

        @Schema(enumeration = {"public", "unlisted", "private"})
        String visibility,

        String title,
        String summary,
        String description,
        List<String> tags,
        List<String> languages,
        String version,
        String notes,
        String export,
        Boolean recipe) {

    static final MixDraft EMPTY = new MixDraft(null, null, null, null, null, null, null, null, null, null, null, null);

    /** The card with what is said here in place of what was proposed. */
    Card over(Card card) {
        return card.with(this);
    }

    boolean withRecipe() {
        return recipe != null && recipe;
    }
}
