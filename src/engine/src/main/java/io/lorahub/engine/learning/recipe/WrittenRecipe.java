package io.lorahub.engine.learning.recipe;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.lorahub.engine.error.EngineException;
import io.lorahub.engine.error.JsonFault;
import io.lorahub.engine.learning.Example;
import io.lorahub.engine.learning.LearnedMix;
import io.lorahub.engine.learning.LearningSession;
import io.lorahub.engine.learning.LearningSettings;
import io.lorahub.engine.learning.ObjectiveCommand;
import io.lorahub.engine.lora.LoraAdapter;
import io.lorahub.engine.model.Compute;
import io.lorahub.engine.model.Precision;
import io.lorahub.engine.names.EnumNames;
import io.lorahub.engine.prompt.PromptChoice;
import io.lorahub.engine.prompt.PromptFormat;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.TreeMap;

/** The recipe.json written with a merged adapter, used to repeat the run. */
public final class WrittenRecipe {

    private static final ObjectMapper JSON = new ObjectMapper().enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);

    /** The name in a recipe for a custom objective or regularisation. */
    public static final String CUSTOM = "custom";

    private final Path file;
    private final JsonNode json;

    private WrittenRecipe(Path file, JsonNode json) {
        this.file = file;
        this.json = json;
    }

    /** Throws EngineException for a file that is not the recipe of a learned mix. */
    public static WrittenRecipe read(Path file) {
        try {
            JsonNode json = JSON.readTree(Files.readString(file));
            if (json == null
                    || !json.path("adapters").isArray()
                    || !json.path("base").isObject()) {
                throw new EngineException("The file %s isn't a recipe.".formatted(file));
            }
            if (!json.path("settings").isObject()) {
                throw new EngineException(
                        "The recipe %s describes a mix with fixed weights; there is no search to repeat."
                                .formatted(file));
            }
            JsonNode settings = json.get("settings");
            if (settings.path("objective").asText().startsWith(ObjectiveCommand.PREFIX)
                    || settings.has("objective_command")) {
                throw new EngineException(
                        "The recipe %s was made with an objective command, which replay doesn't run; run compose --objective-command again."
                                .formatted(file));
            }
            if (settings.path("objective").asText().equals(CUSTOM) || settings.has("regularization")) {
                throw new EngineException(
                        "The recipe %s was made with an objective or a regularization that a program defined itself; run that program again."
                                .formatted(file));
            }
            return new WrittenRecipe(file, json);
        } catch (JsonProcessingException e) {
            throw new EngineException("The recipe %s isn't valid JSON: %s.".formatted(file, JsonFault.of(e)), e);
        } catch (IOException e) {
            throw new EngineException(
                    "The recipe %s cannot be read: %s.".formatted(file, EngineException.reason(e)), e);
        }
    }

    /**
     * A candidate in the recipe.
     *
     * @param name    name in the mix
     * @param address address on the hub that wrote the recipe, with the version; empty if no hub wrote it
     * @param files   SHA-256 by name
     * @param path    original path; empty in a recipe of a hub
     */
    public record Part(String name, Optional<String> address, Map<String, String> files, Optional<Path> path) {}

    /** Returns the candidates in the order of the weights. */
    public List<Part> parts() {
        List<Part> parts = new ArrayList<>();
        for (JsonNode entry : json.get("adapters")) {
            String name = entry.path("name").asText();
            parts.add(new Part(
                    name,
                    text(entry.path("address")).or(() -> isOfHub() ? Optional.of(name) : Optional.empty()),
                    hashes(entry.path("files")),
                    text(entry.path("path")).map(Path::of)));
        }
        return parts;
    }

    private boolean isOfHub() {
        return json.hasNonNull("run");
    }

    /** Address of the hub that wrote the recipe, if known. */
    public Optional<String> hub() {
        return text(json.path("hub"));
    }

    /** Name of the base model, or the path of its folder if it has no name. */
    public String baseName() {
        return text(json.get("base").path("path"))
                .or(() -> text(json.get("base").path("name")))
                .orElseThrow(() -> new EngineException(
                        "The recipe %s does not name its base model; give its folder with --base DIR."
                                .formatted(file)));
    }

    /** SHA-256 of the relevant files of the base model by name. */
    public Map<String, String> baseFiles() {
        return hashes(json.get("base").path("files"));
    }

    private static Optional<String> text(JsonNode node) {
        return Optional.ofNullable(node.textValue()).filter(text -> !text.isBlank());
    }

    private static Map<String, String> hashes(JsonNode files) {
        Map<String, String> hashes = new TreeMap<>();
        files.fields().forEachRemaining(f -> hashes.put(f.getKey(), f.getValue().asText()));
        return hashes;
    }

    /**
     * Opens the session of the run.
     *
     * @param adapters paths of the candidates, in the order of the recipe
     * @param prompt   what takes the place of the recipe's prompt format or system text
     */
    public LearningSession open(Path base, List<Path> adapters, Compute compute, PromptChoice prompt) {
        List<LoraAdapter> opened = new ArrayList<>();
        try {
            List<Part> parts = parts();
            for (int i = 0; i < parts.size(); i++) {
                opened.add(LoraAdapter.load(parts.get(i).name(), adapters.get(i)));
            }
        } catch (RuntimeException e) {
            opened.forEach(LoraAdapter::close);
            throw e;
        }
        String dtype = json.path("computed").path("dtype").asText();
        Precision precision = EnumNames.find(Precision.class, dtype).orElseThrow(() -> unknown(dtype));
        return LearningSession.open(
                base,
                opened,
                settings().composition(),
                compute.precision().isPresent() ? compute : compute.with(precision),
                prompt(prompt));
    }

    /** How the run's inputs became prompts; the model's own way in recipes that don't say. */
    private PromptChoice prompt(PromptChoice instead) {
        JsonNode prompt = json.path("prompt");
        Optional<String> system = Optional.ofNullable(prompt.path("system").textValue());
        return new PromptChoice(
                instead.format()
                        .or(() -> Optional.ofNullable(prompt.path("format").textValue())),
                // only the format chat takes a system text
                instead.system()
                        .or(() -> system.filter(text ->
                                instead.format().orElse(PromptFormat.CHAT).equals(PromptFormat.CHAT))),
                Optional.ofNullable(prompt.path("date").textValue()).map(LocalDate::parse));
    }

    /** Empty if the recipe contains only the hash of the examples. */
    public List<Example> examples() {
        return rows(json.path("examples").path("rows"));
    }

    private static List<Example> rows(JsonNode rows) {
        List<Example> examples = new ArrayList<>();
        for (JsonNode row : rows) {
            examples.add(
                    new Example(row.path("input").asText(), row.path("output").asText()));
        }
        return examples;
    }

    /**
     * The training of the adapter after the search.
     *
     * @param steps    at most
     * @param rate     learning rate
     * @param rank     of the adapter
     * @param examples those of the search, if the recipe names no others
     * @param sha256   of the written weights
     */
    public record Refined(int steps, double rate, int rank, List<Example> examples, String sha256) {}

    /** Empty if the adapter is the mix itself. */
    public Optional<Refined> refined() {
        JsonNode node = json.path("refined");
        if (!node.isObject()) return Optional.empty();
        return Optional.of(new Refined(
                node.path("steps").asInt(),
                node.path("rate").asDouble(),
                node.path("rank").asInt(),
                node.has("examples") ? rows(node.get("examples")) : examples(),
                node.path("sha256").asText()));
    }

    public LearningSettings settings() {
        return Recipe.settings(json.get("settings"), this::unknown);
    }

    private EngineException unknown(String name) {
        return new EngineException(
                "The recipe %s asks for \"%s\", which this version doesn't know.".formatted(file, name));
    }

    /** Returns the final weights of the run, named as in {@link LearnedMix#everyWeight}. */
    public Map<String, Double> weights() {
        Map<String, Double> weights = new LinkedHashMap<>();
        for (JsonNode adapter : json.get("adapters")) {
            String name = adapter.path("name").asText();
            JsonNode groups = adapter.path("layer_weights");
            groups.fields()
                    .forEachRemaining(group -> weights.put(
                            LearnedMix.named(name, group.getKey()),
                            group.getValue().asDouble()));
            if (groups.isMissingNode()) weights.put(name, adapter.path("weight").asDouble());
        }
        return weights;
    }

    /** Returns the final objective of the run, if the recipe contains it. */
    public OptionalDouble objective() {
        JsonNode objective = json.path("result").path("objective");
        return objective.isNumber() ? OptionalDouble.of(objective.asDouble()) : OptionalDouble.empty();
    }

    JsonNode json() {
        return json;
    }
}
