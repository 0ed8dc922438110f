package io.lorahub.upload;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.lorahub.adapter.Adapter;
import io.lorahub.adapter.Card;
import io.lorahub.adapter.Publication;
import java.util.List;
import java.util.Optional;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/**
 * What a member says of an upload before it is published. Whatever is null is not said.
 *
 * @param publisher  under whose name; the member's own if it is never said
 * @param adapter    {@code publisher/name} of which it is to be a new version
 * @param baseModel  name of the base model, which is then written into {@code adapter_config.json}; never kept here
 * @param name       of a new adapter
 * @param version    label such as 1.0.0; the next one if it is never said
 * @param notes      what is new in this version
 * @param visibility {@code public}, {@code unlisted} or {@code private}
 * @param licence    of SPDX
 */
@JsonNaming(SnakeCaseStrategy.class)
@JsonInclude(JsonInclude.Include.NON_NULL)
record Draft(
        String publisher,
        String adapter,
        String baseModel,
        String name,
        String version,
        String notes,

        @Schema(enumeration = {"public", "unlisted", "private"})
        String visibility,

        String title,
        String summary,
        String description,
        List<String> tags,
        List<String> languages,
        String licence,
        Boolean derivatives,
        String trainingData,
        String intendedUse,
        String exampleInput,
        String exampleOutput) {

    private static final ObjectMapper JSON = new ObjectMapper();

    static final Draft EMPTY = read(null);

    /** @param json what is said, by the fields' names in snake case, as {@link #json} writes it; null for nothing */
    static Draft read(JsonNode json) {
        return JSON.convertValue(json == null ? JSON.createObjectNode() : json, Draft.class);
    }

    /** With what is said of the adapter to which a version is added. */
    static Draft of(Adapter adapter) {
        return of(Card.of(adapter)).at(adapter.name, adapter.visibility.word());
    }

    static Draft of(Card card) {
        return read(card.json());
    }

    /** All that is said of what a run has made. */
    static Draft of(Publication p) {
        Draft version = read(JSON.createObjectNode()
                .put("version", p.label().isEmpty() ? null : p.label())
                .put("notes", p.notes()));
        return version.over(of(p.card()).at(p.name(), p.visibility().word()));
    }

    Draft at(String name, String visibility) {
        Draft place = read(JSON.createObjectNode().put("name", name).put("visibility", visibility));
        return place.over(this);
    }

    /** Nothing but what it is to be a version of. */
    static Draft aimedAt(String adapter) {
        return read(JSON.createObjectNode().put("adapter", adapter));
    }

    /** The adapter of which an upload was to be a version, if that was deleted since. */
    static Optional<String> goneTarget(Upload upload) {
        return Optional.ofNullable(read(upload.card).adapter())
                .filter(address -> upload.adapter == null && !address.isBlank());
    }

    Draft onBase(String model) {
        Draft base = read(JSON.createObjectNode().put("base_model", model));
        return base.over(this);
    }

    /** This, and where it says nothing the other. */
    Draft over(Draft other) {
        ObjectNode both = JSON.valueToTree(other);
        return read(both.setAll(JSON.<ObjectNode>valueToTree(this)));
    }

    Card card() {
        return Card.EMPTY.with(this);
    }

    /**
     * To be kept with the upload, which has columns for what it is aimed at. The address of an adapter is kept besides:
     * the column is empty as well when that was deleted.
     */
    ObjectNode json() {
        ObjectNode json = JSON.valueToTree(this);
        return json.without(List.of("publisher", "base_model"));
    }
}
