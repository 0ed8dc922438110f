package io.lorahub.engine.learning.recipe;

import com.fasterxml.jackson.databind.JsonNode;
import io.lorahub.engine.error.EngineException;
import io.lorahub.engine.learning.Example;
import io.lorahub.engine.learning.LearningSession;
import io.lorahub.engine.prompt.PromptFormat;
import java.util.ArrayList;
import java.util.List;

/** Compares a recipe with the session that repeats its run. */
public final class RecipeChanges {

    private RecipeChanges() {}

    /**
     * Returns a sentence for each change since the run: files with other contents, another version, another device,
     * another prompt.
     */
    public static List<String> since(WrittenRecipe recipe, LearningSession session, List<Example> examples) {
        JsonNode json = recipe.json();
        JsonNode now = Recipe.inputs(session, examples, recipe.settings());
        List<String> changes = new ArrayList<>();
        if (json.path("result").path("interrupted").asBoolean()) {
            changes.add("the run was interrupted after %s of its %d evaluations."
                    .formatted(
                            json.path("result").path("evaluations"),
                            recipe.settings().budget()));
        }
        if (!json.path("lorahub").equals(now.path("lorahub"))) {
            changes.add("the recipe comes from LoraHub %s, and this is LoraHub %s."
                    .formatted(
                            json.path("lorahub").asText("unknown"),
                            now.path("lorahub").asText()));
        }
        // without the threads, which do not affect the result
        String then = computed(json.path("computed"));
        String today = computed(now.path("computed"));
        if (!then.equals(today)) {
            changes.add("it was computed in %s, and is now in %s.".formatted(then, today));
        }
        if (!json.path("examples").path("sha256").equals(now.path("examples").path("sha256"))) {
            changes.add("the examples are not those of the recipe.");
        }
        if (json.has("prompt") && !json.path("prompt").equals(now.path("prompt"))) {
            changes.add("the prompt format is %s, and in the recipe %s."
                    .formatted(prompted(now.path("prompt")), prompted(json.path("prompt"))));
        }
        compareFiles(
                "the base model",
                json.path("base").path("files"),
                now.path("base").path("files"),
                changes);
        for (int i = 0; i < now.path("adapters").size(); i++) {
            JsonNode before = json.path("adapters").path(i);
            compareFiles(
                    "the adapter " + before.path("name").asText(),
                    before.path("files"),
                    now.path("adapters").path(i).path("files"),
                    changes);
        }
        return changes;
    }

    private static String prompted(JsonNode prompt) {
        String format = prompt.path("format").asText();
        boolean named = format.equals(PromptFormat.CHAT) || format.equals(PromptFormat.PLAIN);
        String text = named ? format : EngineException.quoted(format);
        if (!prompt.has("system")) return text;
        return "%s with the system text %s"
                .formatted(text, EngineException.quoted(prompt.path("system").asText()));
    }

    private static String computed(JsonNode how) {
        return "%s on %s"
                .formatted(
                        how.path("dtype").asText("unknown"), how.path("device").asText("unknown"));
    }

    private static void compareFiles(String what, JsonNode before, JsonNode now, List<String> changes) {
        before.fieldNames().forEachRemaining(file -> {
            if (!before.get(file).equals(now.path(file))) {
                changes.add("the file %s of %s has changed.".formatted(file, what));
            }
        });
    }
}
