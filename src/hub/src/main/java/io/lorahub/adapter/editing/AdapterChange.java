package io.lorahub.adapter.editing;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.lorahub.web.FieldError;
import io.lorahub.web.ProblemException;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/**
 * A change to an adapter. Fields that are null keep their values.
 *
 * @param visibility {@code public}, {@code unlisted} or {@code private}
 * @param notes of the newest version
 * @param versionNotes by the labels of versions
 */
@JsonNaming(SnakeCaseStrategy.class)
record AdapterChange(
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
        String exampleOutput,

        @Schema(enumeration = {"public", "unlisted", "private"})
        String visibility,

        String notes,
        Map<String, String> versionNotes) {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Set<String> LISTS = Set.of("tags", "languages");
    private static final Set<String> FIELDS = Stream.of(AdapterChange.class.getRecordComponents())
            .map(c -> new SnakeCaseStrategy().translate(c.getName()))
            .collect(Collectors.toUnmodifiableSet());

    /**
     * Reads a JSON merge patch (RFC 7396): omitted members keep their values, and null clears them.
     *
     * @param causes receives an error for every member that cannot be changed or has the wrong type; these members are
     *     omitted from the result
     */
    static AdapterChange of(JsonNode patch, List<FieldError> causes) {
        if (patch == null || !patch.isObject()) {
            throw ProblemException.invalid("", "Send a JSON object with the fields to change.");
        }
        ObjectNode change = JSON.createObjectNode();
        patch.fields().forEachRemaining(field -> read(field.getKey(), field.getValue(), change, causes));
        return of(change);
    }

    private static void read(String name, JsonNode value, ObjectNode change, List<FieldError> causes) {
        if (!FIELDS.contains(name)) {
            causes.add(new FieldError(name, "“%s” can't be changed here.".formatted(name)));
        } else if (name.equals("derivatives")) {
            if (value.isBoolean() || value.isNull()) change.put(name, value.asBoolean(true));
            else causes.add(new FieldError(name, "This must be true or false."));
        } else if (name.equals("version_notes")) {
            readNotes(value, change.putObject(name), causes);
        } else if (LISTS.contains(name)) {
            if (value.isNull()) change.putArray(name);
            else if (isTexts(value)) change.set(name, value);
            else causes.add(new FieldError(name, "This must be a list of strings."));
        } else if (value.isTextual() || value.isNull()) {
            change.put(name, value.isNull() ? "" : value.textValue());
        } else {
            causes.add(new FieldError(name, "This must be a string."));
        }
    }

    private static void readNotes(JsonNode value, ObjectNode notes, List<FieldError> causes) {
        if (!value.isObject()) {
            causes.add(new FieldError("version_notes", "This must be an object that maps version labels to strings."));
            return;
        }
        value.fields().forEachRemaining(version -> {
            JsonNode text = version.getValue();
            if (text.isTextual() || text.isNull()) notes.put(version.getKey(), text.isNull() ? "" : text.textValue());
            else causes.add(new FieldError("version_notes." + version.getKey(), "This must be a string."));
        });
    }

    private static boolean isTexts(JsonNode value) {
        return value.isArray()
                && StreamSupport.stream(value.spliterator(), false).allMatch(JsonNode::isTextual);
    }

    /** @param typed the changes, by the names of the API; members that are null keep their values */
    static AdapterChange of(ObjectNode typed) {
        return JSON.convertValue(typed, AdapterChange.class);
    }
}
