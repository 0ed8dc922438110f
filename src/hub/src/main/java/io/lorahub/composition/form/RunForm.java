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
import io.lorahub.composition.RunCandidate;
import io.lorahub.composition.RunEvaluation;
import io.lorahub.composition.RunSettings;
import io.lorahub.composition.RunSpec;
import io.lorahub.composition.request.RunRequest;
import io.lorahub.composition.request.RunValidator;
import io.lorahub.composition.request.SentSettings;
import io.lorahub.engine.learning.Example;
import io.lorahub.engine.learning.LearningSettings;
import io.lorahub.engine.optimize.SearchSettings;
import io.lorahub.engine.setting.SearchSetting;
import io.lorahub.engine.setting.SettingValues;
import io.lorahub.examples.Pasted;
import io.lorahub.examples.PastedExamples;
import io.lorahub.web.FieldError;
import io.lorahub.web.FormErrors;
import io.lorahub.web.Uuids;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jboss.resteasy.reactive.RestForm;
import org.jboss.resteasy.reactive.multipart.FileUpload;
import org.jboss.resteasy.reactive.server.core.CurrentRequestManager;
import org.jboss.resteasy.reactive.server.core.multipart.FormData;
import org.jboss.resteasy.reactive.server.multipart.FormValue;

/**
 * The form that starts a run: as sent by a browser, as shown on the page, and (its public fields and settings) as stored
 * in drafts; {@link #request} is what it asks for.
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

    /** Maximum size of a file of examples in bytes. */
    static final long LARGEST_FILE = 900_000;

    static final String HELD_OUT = "Held-out examples";

    /** Number of listed candidates beside those that a run can have; a search adds 20. */
    private static final int LISTED_BESIDE = 200;

    /** The buttons that need parsed examples; the others leave the texts unchanged. */
    private static final Set<String> READING = Set.of("start", "suggest", "paste", "held-out", "split");

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

    /** Number of candidates that the browser sent and the list has no room for. */
    private int leftOut;

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

    /**
     * Makes the first held-out examples that came out wrong examples of the search.
     *
     * @param said what the earlier run's mix wrote for the held-out examples, in their order
     * @return how many
     */
    int takeWrong(List<Example> held, List<String> said) {
        List<Example> wrong = IntStream.range(0, Math.min(held.size(), said.size()))
                .filter(i -> !held.get(i).output().equals(said.get(i)))
                .mapToObj(held::get)
                .limit(ROWS)
                .toList();
        examples = Stream.concat(examples.stream(), wrong.stream()).toList();
        heldOut = PastedExamples.write(
                held.stream().filter(example -> !wrong.contains(example)).toList());
        return wrong.size();
    }

    /**
     * Converts the lists sent by a browser into rows and candidates, and takes the settings.
     *
     * @param most number of candidates that a run can have
     */
    RunForm sent(int most) {
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
        leftOut = Math.max(0, listed.size() - most - LISTED_BESIDE);
        for (int i = 0; i < listed.size() - leftOut; i++) {
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

    /** Whether what most people leave as it is was changed, or has an error, so that the form must not hide it. */
    public boolean isAdvanced(FormErrors errors) {
        Map<String, String> changed = new LinkedHashMap<>(typed);
        changed.entrySet().removeAll(new RunForm().typed.entrySet());
        changed.put("description", description);
        changed.put("prompt", prompt);
        changed.put("system", system);
        changed.put("known", known);
        changed.remove(SearchSettings.BUDGET.name());
        return changed.values().stream().anyMatch(value -> !value.isBlank())
                || Stream.concat(changed.keySet().stream(), typed.keySet().stream())
                        .filter(name -> !name.equals(SearchSettings.BUDGET.name()))
                        .anyMatch(name -> !errors.of(name).isEmpty());
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

    /** The run that this one repeats with changes. */
    Optional<UUID> before() {
        return Uuids.parse(from);
    }

    public Optional<UUID> question() {
        return Uuids.parse(suggestion);
    }

    /**
     * What was read from the texts and files of the form.
     *
     * @param heldOut the held-out examples, if a run is to be started
     * @param faults  errors of rows, files and lists that cannot be read
     * @param notes   how the texts were interpreted, in sentences
     */
    record ReadExamples(List<Example> heldOut, List<FieldError> faults, List<String> notes) {

        private ReadExamples() {
            this(new ArrayList<>(), new ArrayList<>(), new ArrayList<>());
        }

        private Optional<Pasted> file(String field, FileUpload file) {
            // a browser sends an empty one without a name if none was chosen
            if (file == null || file.size() == 0 && file.fileName().isBlank()) return Optional.empty();
            String name = file.fileName().isBlank() ? "file" : file.fileName().replace('\0', '_');
            if (file.size() > LARGEST_FILE) {
                faults.add(new FieldError(
                        field,
                        "%s has %,d bytes; the limit is %,d. Send a part of it."
                                .formatted(name, file.size(), LARGEST_FILE)));
                return Optional.empty();
            }
            try {
                String text = StandardCharsets.UTF_8
                        .newDecoder()
                        .decode(ByteBuffer.wrap(Files.readAllBytes(file.uploadedFile())))
                        .toString();
                Optional<Pasted> read = text(field, name, text);
                if (read.filter(rows -> rows.examples().isEmpty()).isPresent()) {
                    faults.add(new FieldError(
                            field, name + " has no rows. Give a row for each example: an input and its output."));
                    return Optional.empty();
                }
                return read;
            } catch (CharacterCodingException e) {
                faults.add(new FieldError(field, name + " is not UTF-8 text."));
                return Optional.empty();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        /** Reads a text; empty if any row cannot be read, so that a corrected text does not add its other rows twice. */
        private Optional<Pasted> text(String field, String name, String text) {
            Pasted pasted = PastedExamples.read(name, text);
            pasted.firstFaults().forEach(fault -> faults.add(new FieldError(field, fault)));
            if (!pasted.faults().isEmpty()) return Optional.empty();
            pasted.notes().forEach(note -> notes.add("%s: %s".formatted(name, note)));
            return Optional.of(pasted);
        }
    }

    /**
     * Parses pasted examples and uploaded files into the rows of the form, if its button needs them. Text that cannot be
     * parsed stays in its field.
     */
    ReadExamples readExamples() {
        ReadExamples read = new ReadExamples();
        if (leftOut > 0) {
            read.faults()
                    .add(new FieldError(
                            "candidates",
                            "The list has room for %,d adapters, so the last %,d of these are left out. Start with fewer."
                                    .formatted(candidates.size(), leftOut)));
        }
        if (READING.contains(action)) {
            List<Example> rows = new ArrayList<>(filled());
            Optional<Pasted> added = read.text("pasted", "Pasted rows", pasted);
            Optional<Pasted> uploaded = read.file("file", file);
            added.ifPresent(text -> rows.addAll(text.examples()));
            uploaded.ifPresent(text -> rows.addAll(text.examples()));
            if (rows.size() > PastedExamples.MOST_ROWS) {
                read.faults()
                        .add(new FieldError(
                                "pasted",
                                "With these there would be %,d examples; the limit is %,d."
                                        .formatted(rows.size(), PastedExamples.MOST_ROWS)));
                return read;
            }
            if (added.isPresent()) pasted = "";
            if (rows.size() > filled().size()) examples = rows;
            read.file("held_out", heldOutFile).ifPresent(text -> heldOut = PastedExamples.write(text.examples()));
        }
        if (action.equals("start")) {
            read.text("held_out", HELD_OUT, heldOut)
                    .ifPresent(text -> read.heldOut().addAll(text.examples()));
        }
        return read;
    }

    /**
     * The request that the form describes, with all errors that can be found without querying the hub.
     *
     * @param before the run that this one repeats
     */
    RunRequest request(ReadExamples read, Optional<CompositionRun> before) {
        List<FieldError> faults = new ArrayList<>(read.faults());
        RunSpec spec = spec(read.heldOut(), faults);
        int taken = before.map(run -> knownEvaluations(run, faults)).orElse(0);
        return new RunRequest(
                title,
                description,
                Optional.of(baseModel).filter(name -> !name.isBlank()),
                chosen(),
                spec,
                before.filter(this::isFork).map(run -> new RunRequest.Fork(run.id, taken)),
                faults);
    }

    /**
     * The examples and settings that the form describes.
     *
     * @param faults receives an error for each setting that can't be read, which is replaced by the default
     */
    RunSpec spec(List<Example> heldOutExamples, List<FieldError> faults) {
        return new RunSpec(
                filled(), heldOutExamples, SentSettings.ofForm(typed::get, faults), promptFormat(), unix(system), null);
    }

    private int knownEvaluations(CompositionRun run, List<FieldError> faults) {
        long all = RunEvaluation.count("id.runId", run.id);
        if (known.isBlank()) return (int) all;
        try {
            int taken = Integer.parseInt(known.strip());
            if (taken >= 0 && taken <= all) return taken;
        } catch (NumberFormatException e) {
            // like a number out of range
        }
        faults.add(new FieldError("known", "The earlier run has %d points; use 0 to %d.".formatted(all, all)));
        return 0;
    }

    /** Whether the earlier run's evaluations can be reused: this needs the same candidates, versions and base model. */
    private boolean isFork(CompositionRun run) {
        List<String> chosen = chosen();
        return run.candidates.stream().noneMatch(RunCandidate::isDeleted)
                && RunValidator.areThose(chosen, run.candidates)
                && run.candidates.stream()
                        .allMatch(c -> chosen.contains(c.addressWithVersion())
                                || c.isOf(c.version().adapter.newest()))
                && (baseModel.isBlank() || baseModel.equals(run.baseModel.name));
    }
}
