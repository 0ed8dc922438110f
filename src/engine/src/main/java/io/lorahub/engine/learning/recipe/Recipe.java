package io.lorahub.engine.learning.recipe;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.lorahub.engine.learning.Example;
import io.lorahub.engine.learning.LearnedMix;
import io.lorahub.engine.learning.LearningSession;
import io.lorahub.engine.learning.LearningSettings;
import io.lorahub.engine.learning.ObjectiveCommand;
import io.lorahub.engine.lora.FileHashes;
import io.lorahub.engine.lora.LoraAdapter;
import io.lorahub.engine.lora.merge.KeptModules;
import io.lorahub.engine.lora.merge.MergeOperator;
import io.lorahub.engine.model.LayerGroups;
import io.lorahub.engine.optimize.SearchSettings;
import io.lorahub.engine.optimize.strategy.Strategy;
import io.lorahub.engine.prompt.PromptFormat;
import io.lorahub.engine.setting.SearchSetting;
import io.lorahub.engine.setting.SettingValues;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Stream;
import org.apache.commons.codec.digest.DigestUtils;

/** The description of a run as JSON, sufficient to repeat it and to detect changes. */
public final class Recipe {

    private static final ObjectMapper JSON = new ObjectMapper();

    /** The smallest and the largest weight. */
    private static final String BOUNDS = "bounds";

    private Recipe() {}

    /** Returns everything that determines the result: versions, hashes of all input files, examples, settings. */
    public static ObjectNode inputs(LearningSession session, List<Example> examples, LearningSettings settings) {
        ObjectNode recipe = JSON.createObjectNode();
        recipe.put("lorahub", EngineVersion.current());
        recipe.set("base", base(session.base().folder()));
        ArrayNode adapters = recipe.putArray("adapters");
        for (LoraAdapter adapter : session.adapters()) {
            ObjectNode entry = adapters.addObject().put("name", adapter.name());
            entry.set("files", JSON.valueToTree(adapter.sha256()));
        }
        recipe.putObject("examples").put("count", examples.size()).put("sha256", sha256(examples));
        recipe.set("settings", settings(settings));
        addPrompt(session, recipe);
        recipe.putObject("computed")
                .put("dtype", session.model().precision().toString())
                .put("device", session.model().device());
        return recipe;
    }

    /** Returns the inputs with the learned weights, and the paths of files that are needed to repeat the run. */
    public static ObjectNode of(
            LearningSession session, List<Example> examples, LearningSettings settings, LearnedMix learned) {
        ObjectNode recipe = inputs(session, examples, settings);
        for (int i = 0; i < session.adapters().size(); i++) {
            ObjectNode entry = (ObjectNode) recipe.get("adapters").get(i);
            entry.put("path", session.adapters().get(i).path().toAbsolutePath().toString());
            entry.put("weight", learned.weights().get(adapter(session, i)));
            if (!learned.layerWeights().isEmpty()) {
                entry.set(
                        "layer_weights", JSON.valueToTree(learned.layerWeights().get(adapter(session, i))));
            }
        }
        ((ObjectNode) recipe.get("base"))
                .put("path", session.base().folder().toAbsolutePath().toString());
        ((ObjectNode) recipe.get("examples")).set("rows", JSON.valueToTree(examples));
        // threads do not affect the result, so they are not among the inputs
        ((ObjectNode) recipe.get("computed")).put("threads", session.model().threads());
        recipe.putObject("result")
                .put("objective", learned.objective())
                .put("loss", learned.loss())
                .put("evaluations", learned.evaluations())
                .put("interrupted", learned.interrupted());
        addReplaced(session, learned.vector(), recipe);
        if (learned.settled()) ((ObjectNode) recipe.get("result")).put("settled", true);
        return recipe;
    }

    /** Returns the recipe of a mix whose weights were not found by a search. */
    public static ObjectNode ofFixed(LearningSession session, double[] weights) {
        ObjectNode recipe = JSON.createObjectNode();
        recipe.put("lorahub", EngineVersion.current());
        recipe.set(
                "base",
                base(session.base().folder())
                        .put("path", absolute(session.base().folder())));
        ArrayNode adapters = recipe.putArray("adapters");
        for (int i = 0; i < weights.length; i++) {
            LoraAdapter adapter = session.adapters().get(i);
            ObjectNode entry = adapters.addObject().put("name", adapter.name());
            entry.set("files", JSON.valueToTree(adapter.sha256()));
            entry.put("path", absolute(adapter.path())).put("weight", weights[i]);
        }
        recipe.put("composition", session.composition().toString());
        addPrompt(session, recipe);
        addReplaced(session, weights, recipe);
        return recipe;
    }

    /**
     * Returns the recipe of adapters that were merged by a method other than their sum.
     *
     * @param rank of the written adapter
     */
    public static ObjectNode ofMerged(LearningSession session, double[] weights, MergeOperator operator, int rank) {
        ObjectNode recipe = ofFixed(session, weights);
        recipe.set("merge", parameters(operator).put("rank", rank));
        return recipe;
    }

    /** Returns which adapter gives the modules that a mix replaces as a whole. */
    public static ObjectNode replaced(KeptModules kept) {
        ObjectNode node = JSON.createObjectNode()
                .put("adapter", kept.adapter().orElseThrow().name());
        node.set("modules", JSON.valueToTree(kept.modules()));
        return node;
    }

    /** Returns the method and the parameters that it uses, by PEFT's names. */
    public static ObjectNode parameters(MergeOperator operator) {
        ObjectNode node =
                JSON.createObjectNode().put("method", operator.method().toString());
        operator.density().ifPresent(density -> node.put("density", density));
        operator.election().ifPresent(sign -> node.put("majority_sign_method", sign.toString()));
        operator.usedSeed().ifPresent(seed -> node.put("seed", seed));
        return node;
    }

    private static String adapter(LearningSession session, int index) {
        return session.adapters().get(index).name();
    }

    private static String absolute(Path path) {
        return path.toAbsolutePath().toString();
    }

    private static void addReplaced(LearningSession session, double[] weights, ObjectNode recipe) {
        KeptModules kept = session.kept(weights);
        if (!kept.isEmpty()) recipe.set("modules_to_save", replaced(kept));
    }

    private static void addPrompt(LearningSession session, ObjectNode recipe) {
        if (session.prompt().isEncoderDecoder()) return;
        PromptFormat format = session.prompt().format();
        ObjectNode node = recipe.putObject("prompt").put("format", format.text());
        format.system().ifPresent(system -> node.put("system", system));
        format.date().ifPresent(date -> node.put("date", date.toString()));
    }

    private static ObjectNode settings(LearningSettings settings) {
        ObjectNode node = JSON.createObjectNode();
        SettingValues values = settings.values()
                .with(LearningSettings.STRATEGY, settings.strategy().orElse(Strategy.DEFAULT));
        // a recipe has the groups of its search, which chooses them at the start
        if (settings.layers() == LayerGroups.AUTO) values = values.without(LearningSettings.LAYER_GROUPS);
        for (SearchSetting<?> setting : LearningSettings.ALL) {
            if (setting == SearchSettings.LOWER) {
                node.putArray(BOUNDS).add(settings.lower()).add(settings.upper());
            } else if (setting == LearningSettings.OBJECTIVE) {
                putObjective(node, settings.objective());
            } else if (setting != SearchSettings.UPPER) {
                values.writeTo(node, List.of(setting));
            }
        }
        return node;
    }

    private static void putObjective(ObjectNode node, String objective) {
        if (objective.startsWith(ObjectiveCommand.PREFIX)) {
            // a recipe that somebody else wrote must not run a command here
            node.put("objective", WrittenRecipe.CUSTOM);
            node.put("objective_command", objective.substring(ObjectiveCommand.PREFIX.length()));
        } else {
            node.put("objective", objective);
        }
    }

    /** Reads what {@link #settings(LearningSettings)} wrote, in any version. */
    static LearningSettings settings(JsonNode written, Function<String, RuntimeException> unknown) {
        ObjectNode node = written.deepCopy();
        node.set(SearchSettings.LOWER.name(), written.path(BOUNDS).path(0));
        node.set(SearchSettings.UPPER.name(), written.path(BOUNDS).path(1));
        return new LearningSettings(SettingValues.read(node, LearningSettings.ALL, unknown));
    }

    private static ObjectNode base(Path folder) {
        ObjectNode node = JSON.createObjectNode();
        try (Stream<Path> files = Files.list(folder)) {
            List<Path> used = files.filter(Files::isRegularFile)
                    .filter(f -> f.toString().endsWith(".json")
                            || f.toString().endsWith(".jinja")
                            || f.toString().endsWith(".safetensors")
                            || f.toString().endsWith(".bin"))
                    .toList();
            node.set("files", JSON.valueToTree(FileHashes.of(used)));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return node;
    }

    private static String sha256(List<Example> examples) {
        return DigestUtils.sha256Hex(JSON.valueToTree(examples).toString());
    }
}
