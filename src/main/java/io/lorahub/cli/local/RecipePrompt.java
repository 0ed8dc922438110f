package io.lorahub.cli.local;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.lorahub.engine.error.EngineException;
import io.lorahub.engine.prompt.PromptChoice;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** The prompt format in the recipe.json beside adapters that LoraHub wrote. They answer inputs in this format best. */
record RecipePrompt(PrintWriter err) {

    private static final String FILE = "recipe.json";

    /**
     * The user's choice, else the one format that the adapters' recipes name, which is then said.
     *
     * @param adapters folders; files have no recipe beside them
     */
    Optional<PromptChoice> of(PromptChoice given, Collection<Path> adapters) {
        if (!given.equals(PromptChoice.DEFAULT)) return Optional.empty();
        Map<PromptChoice, Path> named = new LinkedHashMap<>();
        adapters.stream()
                .map(adapter -> adapter.resolve(FILE))
                .filter(Files::isRegularFile)
                .forEach(recipe -> read(recipe).ifPresent(choice -> named.putIfAbsent(choice, recipe)));
        if (named.size() > 1) {
            say("warning: The recipes of the adapters name different prompt formats; choose one with --prompt.");
        }
        if (named.size() != 1) return Optional.empty();
        Map.Entry<PromptChoice, Path> only = named.entrySet().iterator().next();
        say("using the prompt format of %s: %s".formatted(only.getValue(), words(only.getKey())));
        return Optional.of(only.getKey());
    }

    /** Empty for a model that has no choice of a format. */
    private Optional<PromptChoice> read(Path recipe) {
        try {
            JsonNode prompt = new ObjectMapper().readTree(recipe.toFile()).path("prompt");
            String format = prompt.path("format").textValue();
            return format == null
                    ? Optional.empty()
                    : Optional.of(PromptChoice.of(format, prompt.path("system").textValue()));
        } catch (IOException | EngineException e) {
            say("warning: The prompt format in %s can't be read; give it with --prompt.".formatted(recipe));
            return Optional.empty();
        }
    }

    private static String words(PromptChoice choice) {
        String format = choice.format().orElseThrow().replace("\n", "\\n");
        return choice.system().isEmpty()
                ? format
                : "%s, with the system text %s"
                        .formatted(
                                format, EngineException.quoted(choice.system().get()));
    }

    private void say(String sentence) {
        err.println("lorahub: " + sentence);
        err.flush();
    }
}
