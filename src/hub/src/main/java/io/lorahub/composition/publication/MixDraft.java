package io.lorahub.composition.publication;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import io.lorahub.adapter.card.Card;
import java.util.List;
import java.util.Map;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/**
 * The details of a mix to publish. Null values are replaced by LoraHub's proposals; the licence follows from the parts.
 *
 * @param publisher  publisher to publish under; by default the member
 * @param name       last part of the address; an adapter that has this name gets a new version
 * @param visibility {@code public}, {@code unlisted} or {@code private}; by default that of the adapter that gets a new
 *     version, else private
 * @param export     id of a task that made a compressed adapter; by default the lossless one is published
 * @param recipe     whether to include the recipe, which contains the few-shot examples; by default it is omitted
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

    static final MixDraft EMPTY = new ObjectMapper().convertValue(Map.of(), MixDraft.class);

    /** The proposed card with its values replaced by those given here. */
    Card over(Card card) {
        return card.with(this);
    }

    boolean withRecipe() {
        return recipe != null && recipe;
    }
}
