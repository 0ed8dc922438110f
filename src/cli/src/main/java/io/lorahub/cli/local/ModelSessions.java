package io.lorahub.cli.local;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.lorahub.cli.local.options.CandidateOptions;
import io.lorahub.cli.local.options.DemoOptions;
import io.lorahub.cli.local.options.ModelOptions;
import io.lorahub.cli.terminal.SlowWork;
import io.lorahub.cli.terminal.UsageErrors;
import io.lorahub.demo.DemoHub;
import io.lorahub.engine.error.EngineException;
import io.lorahub.engine.learning.LearningSession;
import io.lorahub.engine.lora.LoraAdapter;
import io.lorahub.engine.model.BaseModel;
import io.lorahub.engine.prompt.PromptChoice;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import picocli.CommandLine.Model.CommandSpec;

/** Opens the base model and the adapters that the options name. */
final class ModelSessions {

    private ModelSessions() {}

    /** Paths of the adapters by name. */
    static Map<String, Path> candidates(CandidateOptions candidates, DemoOptions demo, CommandSpec command) {
        if (candidates.given()) return candidates.paths();
        return demo.hub()
                .map(hub -> candidates.paths(List.of(hub.adaptersFolder())))
                .orElseThrow(() -> UsageErrors.wrong(command, CandidateOptions.MISSING));
    }

    /** The base model without any adapter. */
    static LearningSession alone(ModelOptions model, DemoOptions demo, PrintWriter err) {
        try (SlowWork work = new SlowWork(err)) {
            work.at("loading the base model");
            return LearningSession.alone(base(model, demo, List.of()), model.compute(), demo.prompt(model));
        }
    }

    private static Path base(ModelOptions model, DemoOptions demo, List<LoraAdapter> adapters) {
        if (model.base().isEmpty() && demo.hub().isPresent())
            return demo.hub().get().base();
        Path base = BaseModelResolver.locate(model.base(), adapters);
        demo.hub().filter(hub -> isFor(hub, adapters)).ifPresent(hub -> requireFamily(hub, base));
        return base;
    }

    /** Whether the base model must be the demo's: for its adapters, and for the prompt format of its tasks. */
    private static boolean isFor(DemoHub hub, List<LoraAdapter> adapters) {
        return adapters.isEmpty()
                ? hub.prompt().format().isPresent()
                : adapters.stream().allMatch(a -> a.path().startsWith(hub.adaptersFolder()));
    }

    /** A model of another family would fail later, for its prompt format or the names of its modules. */
    private static void requireFamily(DemoHub hub, Path base) {
        Path any = hub.adaptersFolder().resolve(hub.adapters().get(0).name());
        try (LoraAdapter adapter = LoraAdapter.load(any.getFileName().toString(), any)) {
            Set<String> modules = BaseModel.config(base).modules().keySet();
            if (!Collections.disjoint(adapter.modules().keySet(), modules)) return;
        }
        throw new EngineException(
                "The base model in %s is of another family than the demo's adapters, which are made for %s; leave --base out, or give that model's folder."
                        .formatted(base, hub.baseModel()));
    }

    static LearningSession open(ModelOptions model, DemoOptions demo, Map<String, Path> paths, SlowWork work) {
        return open(model, demo, paths, demo.prompt(model), work);
    }

    /** To use adapters as they are: the prompt format is that of their recipes, if the user chose none. */
    static LearningSession openToUse(ModelOptions model, DemoOptions demo, Map<String, Path> paths, PrintWriter err) {
        PromptChoice prompt = recipePrompt(model.prompt(), paths.values(), err).orElseGet(() -> demo.prompt(model));
        try (SlowWork work = new SlowWork(err)) {
            return open(model, demo, paths, prompt, work);
        }
    }

    private static LearningSession open(
            ModelOptions model, DemoOptions demo, Map<String, Path> paths, PromptChoice prompt, SlowWork work) {
        List<LoraAdapter> adapters = load(paths, work::at);
        return LearningSession.open(
                loadedBase(model, demo, adapters, work), adapters, model.composition(), model.compute(), prompt);
    }

    /** To write a mix, on which the prompt format has no effect. */
    static LearningSession openToMerge(ModelOptions model, DemoOptions demo, Map<String, Path> paths, PrintWriter err) {
        try (SlowWork work = new SlowWork(err)) {
            return open(model, demo, paths, work);
        }
    }

    private static Path loadedBase(ModelOptions model, DemoOptions demo, List<LoraAdapter> adapters, SlowWork work) {
        work.at("loading the base model");
        try {
            return base(model, demo, adapters);
        } catch (RuntimeException e) {
            adapters.forEach(LoraAdapter::close);
            throw e;
        }
    }

    static List<LoraAdapter> load(Map<String, Path> paths, Consumer<String> progress) {
        List<LoraAdapter> adapters = new ArrayList<>();
        try {
            paths.forEach((name, path) -> {
                progress.accept("loading adapter %d of %d, %s".formatted(adapters.size() + 1, paths.size(), name));
                adapters.add(LoraAdapter.load(name, path));
            });
            return adapters;
        } catch (RuntimeException e) {
            adapters.forEach(LoraAdapter::close);
            throw e;
        }
    }

    /**
     * The user's choice, else the one format that the adapters' recipes name, which is then said.
     *
     * @param adapters folders; files have no recipe beside them
     */
    private static Optional<PromptChoice> recipePrompt(PromptChoice given, Collection<Path> adapters, PrintWriter err) {
        if (!given.equals(PromptChoice.DEFAULT)) return Optional.empty();
        Map<PromptChoice, Path> named = new LinkedHashMap<>();
        adapters.stream()
                .map(adapter -> adapter.resolve("recipe.json"))
                .filter(Files::isRegularFile)
                .forEach(recipe -> prompt(recipe, err).ifPresent(choice -> named.putIfAbsent(choice, recipe)));
        if (named.size() > 1) {
            say(err, "warning: The recipes of the adapters name different prompt formats; choose one with --prompt.");
        }
        if (named.size() != 1) return Optional.empty();
        Map.Entry<PromptChoice, Path> only = named.entrySet().iterator().next();
        say(err, "using the prompt format of %s: %s".formatted(only.getValue(), words(only.getKey())));
        return Optional.of(only.getKey());
    }

    /** Empty for a model that has no choice of a format. */
    private static Optional<PromptChoice> prompt(Path recipe, PrintWriter err) {
        try {
            JsonNode prompt = new ObjectMapper().readTree(recipe.toFile()).path("prompt");
            String format = prompt.path("format").textValue();
            return format == null
                    ? Optional.empty()
                    : Optional.of(PromptChoice.of(format, prompt.path("system").textValue()));
        } catch (IOException | EngineException e) {
            say(err, "warning: The prompt format in %s can't be read; give it with --prompt.".formatted(recipe));
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

    private static void say(PrintWriter err, String sentence) {
        err.println("lorahub: " + sentence);
        err.flush();
    }
}
