package io.lorahub.upload;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.lorahub.adapter.Adapter;
import io.lorahub.adapter.card.Card;
import io.lorahub.adapter.publication.Publication;
import io.lorahub.web.ProblemException;
import java.util.List;
import java.util.Optional;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/**
 * The card and other details that a member enters before publishing an upload. Fields that were not entered are null.
 *
 * @param publisher to publish under; the member's own if never entered
 * @param adapter {@code publisher/name} of the adapter that gets a new version
 * @param baseModel name of the base model, which is then written to {@code adapter_config.json}; never stored here
 * @param name of a new adapter
 * @param version label such as 1.0.0; the next one if never entered
 * @param notes what is new in this version
 * @param visibility {@code public}, {@code unlisted} or {@code private}
 * @param licence SPDX identifier
 */
@JsonNaming(SnakeCaseStrategy.class)
@JsonInclude(JsonInclude.Include.NON_NULL)
public record Draft(
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

    /** Characters of its JSON: the longest description with every character escaped, and as much again for the rest. */
    private static final int LONGEST = 300_000;

    public static final Draft EMPTY = read(null);

    /**
     * @param json the fields that were entered, with names in snake case, as written by {@link #json}; null for none
     */
    public static Draft read(JsonNode json) {
        return JSON.convertValue(json == null ? JSON.createObjectNode() : json, Draft.class);
    }

    /** Starts with the card of the adapter that gets a new version. */
    public static Draft of(Adapter adapter) {
        return of(Card.of(adapter)).at(adapter.name, adapter.visibility.word());
    }

    public static Draft of(Card card) {
        return read(card.json());
    }

    /** All details of an adapter made by a run. */
    public static Draft of(Publication p) {
        Draft version = read(JSON.createObjectNode()
                .put("version", p.label().isEmpty() ? null : p.label())
                .put("notes", p.notes()));
        return version.over(of(p.card()).at(p.name(), p.visibility().word()));
    }

    public Draft at(String name, String visibility) {
        Draft place = read(JSON.createObjectNode().put("name", name).put("visibility", visibility));
        return place.over(this);
    }

    /** A draft that contains only the adapter that gets a new version. */
    public static Draft forVersionOf(String adapter) {
        return read(JSON.createObjectNode().put("adapter", adapter));
    }

    /** The adapter that the upload was to be a version of, if it has been deleted since. */
    public static Optional<String> goneTarget(Upload upload) {
        return Optional.ofNullable(read(upload.card).adapter())
                .filter(address -> upload.adapter == null && !address.isBlank());
    }

    public static Draft titled(String title) {
        return read(JSON.createObjectNode().put("title", title));
    }

    /** What is left of it once its upload was cancelled. */
    Draft onlyTitle() {
        return title == null ? EMPTY : titled(title);
    }

    /** @throws ProblemException if it is longer than any card can be */
    public Draft requireShort() {
        int length = json().toString().length();
        if (length > LONGEST) {
            throw ProblemException.tooLarge(
                    "The card has %,d characters in all; the limit is %,d.".formatted(length, LONGEST));
        }
        return this;
    }

    /** @param licence and description null if they were not entered */
    public static Draft licensed(String licence, String description) {
        return read(JSON.createObjectNode().put("licence", licence).put("description", description));
    }

    public Draft onBase(String model) {
        Draft base = read(JSON.createObjectNode().put("base_model", model));
        return base.over(this);
    }

    /** These values, falling back to the other draft for fields that are null here. */
    public Draft over(Draft other) {
        ObjectNode both = JSON.valueToTree(other);
        return read(both.setAll(JSON.<ObjectNode>valueToTree(this)));
    }

    public Card card() {
        return Card.EMPTY.with(this);
    }

    /**
     * The JSON stored with the upload. It omits the base model, and the publisher, which has its own column. The
     * adapter's address is included although it has a column, because the column also becomes empty when the adapter is
     * deleted.
     */
    public ObjectNode json() {
        ObjectNode json = JSON.valueToTree(this);
        return json.without(List.of("publisher", "base_model"));
    }
}
