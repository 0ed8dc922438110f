package io.lorahub.composition.request;

import com.fasterxml.jackson.annotation.JsonAnySetter;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.databind.DeserializationContext;
import com.fasterxml.jackson.databind.JsonDeserializer;
import com.fasterxml.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import com.fasterxml.jackson.databind.annotation.JsonDeserialize;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import io.lorahub.composition.RunSettings;
import io.lorahub.composition.RunSpec;
import io.lorahub.engine.learning.Example;
import io.lorahub.engine.setting.SearchSetting;
import io.lorahub.engine.setting.SettingValues;
import io.lorahub.web.FieldError;
import java.io.IOException;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.eclipse.microprofile.openapi.annotations.enums.SchemaType;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/**
 * A run as requested by an API client: these fields, and beside them {@link RunSettings#REQUESTED}. Only examples and
 * candidates are required; without a title one is made from the first example, and omitted settings take the engine's
 * defaults.
 */
@JsonNaming(SnakeCaseStrategy.class)
public final class CreateRunRequest {

    public String title;

    public String description;

    public String baseModel;

    /** Addresses such as {@code lab-a/un}, or with a version {@code lab-a/un@1.0.0}. */
    public List<String> candidates;

    public List<Example> examples;

    public List<Example> heldOut;

    @Schema(
            description = "How a decoder-only base model reads an input: chat (its own chat template),"
                    + " plain (the input, a space, the output), or a text with {input} and {output}."
                    + " By default chat if the model has a template, otherwise plain.")
    public String prompt;

    @Schema(description = "System text, if the prompt format is chat")
    public String system;

    /** A run whose base model, candidates and, if they fit, points are reused. */
    public String forkOf;

    /** A whole number, like some settings: other values are rejected, not rounded. */
    @Schema(
            type = SchemaType.INTEGER,
            description =
                    "Number of points of the run in fork_of that are taken over, if the settings fit. By default 0.")
    public BigDecimal forkEvaluations;

    /** Settings and unknown fields. */
    @JsonAnySetter
    @JsonDeserialize(contentUsing = OtherField.class)
    @Schema(hidden = true)
    public Map<String, Object> others = new LinkedHashMap<>();

    private static final Map<String, SearchSetting<?>> SETTINGS =
            RunSettings.REQUESTED.stream().collect(Collectors.toMap(SearchSetting::name, setting -> setting));

    /** Reads a setting as what it is, so that Jackson refuses other values as it does those of a declared field. */
    static final class OtherField extends JsonDeserializer<Object> {

        @Override
        public Object deserialize(JsonParser parser, DeserializationContext context) throws IOException {
            SearchSetting<?> setting = SETTINGS.get(parser.currentName());
            Class<?> type = setting == null ? Object.class : SentSettings.type(setting);
            return context.readValue(parser, type);
        }
    }

    public RunRequest request() {
        List<FieldError> faults = new ArrayList<>();
        unknown().keySet().forEach(name -> faults.add(new FieldError(name, "There is no such field.")));
        SettingValues search = SentSettings.ofJson(others, faults);
        if (forkEvaluations != null && !SentSettings.isWhole(forkEvaluations)) {
            faults.add(new FieldError("fork_evaluations", "Use a whole number, such as 42."));
        }
        return new RunRequest(
                title == null || title.isBlank() ? null : title,
                description,
                Optional.ofNullable(baseModel),
                present(candidates),
                new RunSpec(present(examples), present(heldOut), search, prompt, system, null),
                Optional.empty(),
                faults);
    }

    /** How many points of the other run are reused; 0 by default. */
    public int taken() {
        boolean given = forkEvaluations != null && SentSettings.isWhole(forkEvaluations);
        return given ? SentSettings.nearest(forkEvaluations) : 0;
    }

    /** Everything that was sent, by name, to recognise the same request in any release. */
    public Map<String, Object> sent() {
        Map<String, Object> sent = new TreeMap<>();
        sent.put("title", title);
        sent.put("description", description);
        sent.put("base_model", baseModel);
        sent.put("candidates", candidates);
        sent.put("examples", examples);
        sent.put("held_out", heldOut);
        sent.put("prompt", prompt);
        sent.put("system", system);
        sent.put("fork_of", forkOf);
        sent.put("fork_evaluations", forkEvaluations);
        SETTINGS.keySet().forEach(name -> sent.put(name, others.get(name)));
        sent.put("others", unknown());
        sent.values().removeIf(value -> value == null);
        return sent;
    }

    private Map<String, Object> unknown() {
        Map<String, Object> unknown = new LinkedHashMap<>(others);
        unknown.keySet().removeAll(SETTINGS.keySet());
        return unknown;
    }

    private static <T> List<T> present(List<T> list) {
        return list == null
                ? List.of()
                : list.stream().filter(java.util.Objects::nonNull).toList();
    }
}
