package io.lorahub.uploadcheck;

import com.fasterxml.jackson.databind.JsonNode;
import io.lorahub.adapter.publication.CheckReport;
import io.lorahub.engine.checkpoint.AdapterFolder;
import io.lorahub.engine.inspection.CheckResult;
import io.lorahub.engine.lora.config.BaseModelTwins;
import io.lorahub.engine.lora.config.CheckFinding;
import io.lorahub.engine.lora.config.ConfigFile;
import io.lorahub.engine.model.family.ModelFamilies;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Checks whether the base model has a name that others can use.
 *
 * @param name from {@code adapter_config.json}; empty if unusable
 * @param shapes empty if the model is not registered with the hub
 */
record BaseModelCheck(CheckResult result, Optional<String> name, Optional<BaseShapes> shapes) {

    static final String ID = CheckReport.BASE_MODEL;
    static final String TITLE = CheckReport.BASE_MODEL_TITLE;

    /** Code of the finding that can be repaired on the upload's page. */
    static final String UNNAMED = "base-model-unnamed";

    private static final String KEY = "base_model_name_or_path";
    private static final String FIX = "Write the base model's name as " + KEY + " and send adapter_config.json again."
            + CheckReport.OR_CHOOSE_BASE_MODEL;

    /** A repository name of the Hugging Face Hub: one word, or owner/name. */
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][\\w.-]{0,95}(/[A-Za-z0-9][\\w.-]{0,95})?");

    static BaseModelCheck of(Path folder, BaseModelHeaders pool) {
        Optional<JsonNode> config = config(folder);
        if (config.isEmpty()) {
            return new BaseModelCheck(
                    CheckResult.skipped(ID, TITLE, "Needs a configuration that can be read."),
                    Optional.empty(),
                    Optional.empty());
        }
        String name = config.get().path(KEY).asText("").strip();
        if (!NAME.matcher(name).matches()) return new BaseModelCheck(failed(name), Optional.empty(), Optional.empty());
        Optional<BaseShapes> shapes = pool.shapes(name);
        return new BaseModelCheck(
                CheckResult.of(ID, TITLE, unknown(name, shapes, pool, isComposable(config.get()))),
                Optional.of(name),
                shapes);
    }

    /** The reason given for skipping the checks that need the model. */
    String whyNoBase() {
        return name.map(n -> "%s is not registered with this hub.".formatted(n))
                .orElse("Needs the name of the base model.");
    }

    private static CheckResult failed(String name) {
        String message = name.isEmpty()
                ? "adapter_config.json does not say which base model it is for."
                : "“%s” in adapter_config.json is a path on the training machine, which others don't have."
                        .formatted(shown(name));
        return CheckResult.of(ID, TITLE, List.of(CheckFinding.error(UNNAMED, KEY, message, FIX)));
    }

    private static List<CheckFinding> unknown(
            String name, Optional<BaseShapes> shapes, BaseModelHeaders pool, boolean composable) {
        if (shapes.isPresent()) return List.of();
        Optional<String> twin = BaseModelTwins.of(name, pool.names());
        if (twin.isPresent()) {
            return List.of(
                    CheckFinding.warning(
                            "base-model-unknown",
                            name,
                            "%s is not registered with this hub, but %s is, %s."
                                    .formatted(
                                            name,
                                            twin.get(),
                                            BaseModelTwins.isQuantized(name)
                                                    ? "which looks like the same model before quantisation"
                                                    : "which looks like the same model"),
                            "Choose it on the upload's page, so that the adapter can be checked against it and composed here."));
        }
        return List.of(
                CheckFinding.warning(
                        "base-model-unknown",
                        name,
                        "%s is not registered with this hub, so the adapter can't be checked against it or composed here."
                                .formatted(name),
                        composable
                                ? "If the name is wrong, choose another one. Otherwise publish it, and ask an"
                                        + " administrator to register the model."
                                : "LoraHub runs no model with the modules that this adapter changes. You can still publish it for others to download."));
    }

    /** If the configuration lists modules, a family must have one of them. */
    private static boolean isComposable(JsonNode config) {
        JsonNode targets = config.path("target_modules");
        if (!targets.isArray()) return true;
        for (JsonNode target : targets) {
            if (ModelFamilies.mayHave(target.asText())) return true;
        }
        return targets.isEmpty();
    }

    private static String shown(String name) {
        return name.length() <= 100 ? name : name.substring(0, 100) + "…";
    }

    /** The configuration as the inspection reads it, which reports why it cannot be read. */
    private static Optional<JsonNode> config(Path folder) {
        return ConfigFile.read(folder.resolve(AdapterFolder.CONFIG), finding -> {});
    }
}
