package io.lorahub.composition.form;

import com.fasterxml.jackson.annotation.JsonAlias;
import com.fasterxml.jackson.annotation.JsonAnyGetter;
import com.fasterxml.jackson.annotation.JsonAnySetter;
import com.fasterxml.jackson.annotation.JsonAutoDetect;
import com.fasterxml.jackson.annotation.JsonAutoDetect.Visibility;
import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonSetter;
import com.fasterxml.jackson.annotation.Nulls;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import io.lorahub.composition.CompositionRun;
import io.lorahub.composition.RunSettings;
import io.lorahub.engine.learning.Example;
import io.lorahub.engine.learning.LearningSettings;
import io.lorahub.engine.setting.SearchSetting;
import io.lorahub.engine.setting.SettingValues;
import io.lorahub.examples.PastedExamples;
import io.lorahub.web.Uuids;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.jboss.resteasy.reactive.RestForm;
import org.jboss.resteasy.reactive.multipart.FileUpload;
import org.jboss.resteasy.reactive.server.core.CurrentRequestManager;
import org.jboss.resteasy.reactive.server.core.multipart.FormData;
import org.jboss.resteasy.reactive.server.multipart.FormValue;

/**
 * The form that starts a run: as sent by a browser, as shown on the page, and (its public fields and settings) as stored
 * in drafts.
 * Entered text is kept unchanged, including numbers.
 */
@JsonNaming(SnakeCaseStrategy.class)
@JsonIgnoreProperties(ignoreUnknown = true)
@JsonAutoDetect(
        fieldVisibility = Visibility.PUBLIC_ONLY,
        getterVisibility = Visibility.NONE,
        isGetterVisibility = Visibility.NONE)
public class RunForm {

    /** Number of rows of a new form. */
    static final int ROWS = 5;

    public static final String OWN_PROMPT = "own";

    @RestForm
    public String title = "";

    @RestForm
    public String description = "";

    @RestForm("base_model")
    @JsonAlias("baseModel") // in drafts of earlier versions
    public String baseModel = "";

    /** Rows of the table, including blank ones. */
    public List<Example> examples = List.of();

    /** Pasted text that has not been added to the examples yet. */
    @RestForm
    public String pasted = "";

    /** Text of held-out examples, to be parsed by {@link PastedExamples}. */
    @RestForm("held_out")
    @JsonAlias("heldOut") // in drafts of earlier versions
    public String heldOut = "";

    /** Listed candidates, whether chosen or not. */
    public List<ListedCandidate> candidates = List.of();

    /** Search words for adapters. */
    @RestForm
    public String find = "";

    /** Texts of {@link RunSettings#REQUESTED}, by name; empty for none. */
    private final Map<String, String> typed = new LinkedHashMap<>();

    /** chat, plain, {@link #OWN_PROMPT} for {@link #promptText}, or empty for the model's default. */
    @RestForm
    @JsonSetter(nulls = Nulls.SKIP)
    public String prompt = "";

    /** A prompt format with {input} and {output}. */
    @RestForm("prompt_text")
    @JsonSetter(nulls = Nulls.SKIP)
    public String promptText = "";

    @RestForm
    @JsonSetter(nulls = Nulls.SKIP)
    public String system = "";

    /** Id of the run that this one repeats with changes. */
    @RestForm
    @JsonSetter(nulls = Nulls.SKIP)
    public String from = "";

    /** Number of that run's evaluations that may be reused; empty for all of them. */
    @RestForm
    public String known = "";

    /** Id of the last request for a suggestion. */
    @RestForm
    @JsonSetter(nulls = Nulls.SKIP)
    public String suggestion = "";

    /** The button that was pressed. */
    @RestForm("do")
    String action = "";

    @RestForm
    String tag = "";

    @RestForm
    FileUpload file;

    @RestForm("held_out_file")
    FileUpload heldOutFile;

    @RestForm
    List<String> input = List.of();

    @RestForm
    List<String> output = List.of();

    @RestForm
    List<String> listed = List.of();

    @RestForm
    List<String> why = List.of();

    @RestForm
    List<String> candidate = List.of();

    public RunForm() {
        setDefaults();
    }

    /** A form with the request of an earlier run, for repeating it with changes. */
    public static RunForm of(CompositionRun run, String known) {
        RunForm form = new RunForm();
        form.title = run.title;
        form.description = run.description;
        form.baseModel = run.baseModel.name;
        form.examples = run.spec.examples();
        form.heldOut = PastedExamples.write(run.spec.heldOut());
        form.candidates = run.candidates.stream().map(ListedCandidate::of).toList();
        SettingValues search = run.spec.search();
        form.set(run.spec.hasUsualStrategy() ? search.without(LearningSettings.STRATEGY) : search);
        form.prompt = run.spec.hasOwnPrompt() ? OWN_PROMPT : text(run.spec.prompt());
        form.promptText = run.spec.hasOwnPrompt() ? run.spec.prompt() : "";
        form.system = text(run.spec.system());
        form.from = run.id.toString();
        form.known = known;
        return form;
    }

    /** Converts the lists sent by a browser into rows and candidates, and takes the settings. */
    RunForm sent() {
        FormData sent = CurrentRequestManager.get().getFormData();
        for (SearchSetting<?> setting : RunSettings.REQUESTED) {
            FormValue text = sent == null ? null : sent.getFirst(setting.name());
            if (text != null && !text.isFileItem()) set(setting.name(), text.getValue());
        }
        examples = new ArrayList<>();
        for (int i = 0; i < Math.min(input.size(), output.size()); i++) {
            examples.add(new Example(unix(input.get(i)), unix(output.get(i))));
        }
        Set<String> chosen = new HashSet<>(candidate);
        candidates = new ArrayList<>();
        for (int i = 0; i < listed.size(); i++) {
            String reason = i < why.size() ? why.get(i) : "";
            candidates.add(new ListedCandidate(listed.get(i), reason, chosen.contains(listed.get(i))));
        }
        return this;
    }

    /** Browsers send line breaks in forms as CR LF. */
    static String unix(String text) {
        return text.replace("\r\n", "\n");
    }

    /** The format that the run gets; empty for the model's default. A text that isn't written yet is no format. */
    String promptFormat() {
        return prompt.equals(OWN_PROMPT) && !promptText.isBlank() ? unix(promptText) : prompt;
    }

    void setDefaults() {
        set(RunSettings.DEFAULT);
    }

    private void set(SettingValues values) {
        RunSettings.REQUESTED.forEach(setting -> typed.put(setting.name(), text(setting, values)));
    }

    private static <T> String text(SearchSetting<T> setting, SettingValues values) {
        return values.find(setting)
                .or(setting::usual)
                .map(value -> value instanceof Double number ? text(number) : setting.text(value))
                .orElse("");
    }

    private static String text(String value) {
        return value == null ? "" : value;
    }

    private static String text(Double value) {
        return value == Math.rint(value) ? Long.toString(value.longValue()) : value.toString();
    }

    /** What is typed for a setting; null if there is no such setting. */
    String setting(String name) {
        return typed.get(name);
    }

    /** Keeps what is typed for a setting. Drafts of earlier versions have names without underscores. */
    @JsonAnySetter
    void set(String name, Object text) {
        String own = SnakeCaseStrategy.INSTANCE.translate(name);
        if (text != null && typed.containsKey(own)) typed.put(own, text.toString());
    }

    @JsonAnyGetter
    Map<String, String> typed() {
        return typed;
    }

    /** How adapters are combined, which the page shows by itself. */
    public String composition() {
        return typed.get(LearningSettings.COMPOSITION.name());
    }

    /** The other settings as fields. */
    public List<SettingField> fields() {
        return RunSettings.REQUESTED.stream()
                .filter(setting -> setting != LearningSettings.COMPOSITION)
                .map(setting -> new SettingField(setting, typed.get(setting.name())))
                .toList();
    }

    /** Reads the settings of drafts from earlier versions, which have them in a separate object. */
    @JsonSetter("settings")
    private void set(JsonNode settings) throws IOException {
        new ObjectMapper().readerForUpdating(this).readValue(settings);
    }

    /** The rows that are filled in. */
    List<Example> filled() {
        return examples.stream()
                .filter(e -> !e.input().isBlank() || !e.output().isBlank())
                .toList();
    }

    /** The rows to show: all that the form has, at least {@link #ROWS}. */
    public List<Example> rows() {
        List<Example> rows = new ArrayList<>(examples);
        while (rows.size() < ROWS) rows.add(new Example("", ""));
        return rows;
    }

    public List<String> chosen() {
        return candidates.stream()
                .filter(ListedCandidate::chosen)
                .map(ListedCandidate::address)
                .toList();
    }

    Optional<UUID> before() {
        return Uuids.parse(from);
    }

    public Optional<UUID> question() {
        return Uuids.parse(suggestion);
    }
}
