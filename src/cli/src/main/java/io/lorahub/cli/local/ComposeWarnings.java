package io.lorahub.cli.local;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.lorahub.cli.terminal.TextLines;
import io.lorahub.demo.DemoHub;
import io.lorahub.engine.learning.Example;
import io.lorahub.engine.learning.LearningSession;
import io.lorahub.engine.learning.LearningSettings;
import io.lorahub.engine.lora.LoraAdapter;
import io.lorahub.engine.lora.config.BaseModelTwins;
import io.lorahub.engine.lora.config.CheckFinding.Severity;
import io.lorahub.engine.optimize.margin.LayeredSearch;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/** Warnings about things that may be intended. On standard error. */
record ComposeWarnings(PrintWriter err) {

    private static final int MANY = 200;

    void aboutSearch(LearningSession session, List<Example> fewShot, List<Example> heldOut, LearningSettings settings) {
        aboutAdapters(session);
        aboutExamples(session, fewShot, heldOut);
        aboutBudget(session, settings);
        aboutLayerGroups(session, settings);
    }

    void aboutAdapters(LearningSession session) {
        session.adapters()
                .forEach(adapter -> adapter.findings().stream()
                        .filter(f -> f.severity() == Severity.WARNING)
                        .forEach(f -> say("%s: %s".formatted(adapter.name(), f.sentence()))));
        aboutBaseModels(session.adapters(), session.base().folder());
        List<String> unsupported = session.base().generation().unsupported();
        if (!unsupported.isEmpty()) {
            say(
                    "The base model's generation settings ask for %s. LoraHub decodes greedily without them, so transformers may give different output."
                            .formatted(String.join(", ", unsupported)));
        }
    }

    /** The session checked the shapes; only names can show whether the weights belong together. */
    private void aboutBaseModels(List<LoraAdapter> adapters, Path folder) {
        Map<String, List<String>> named = new TreeMap<>();
        adapters.forEach(a -> a.config()
                .baseModel()
                .ifPresent(base ->
                        named.computeIfAbsent(base, b -> new ArrayList<>()).add(a.name())));
        if (named.size() == 1) aboutBaseModel(named.keySet().iterator().next(), folder, adapters.size());
        if (named.size() < 2) return;
        String examples = named.entrySet().stream()
                .limit(3)
                .map(e -> "%s (%s)".formatted(e.getKey(), e.getValue().get(0)))
                .collect(Collectors.joining(", "));
        say("The adapters name %d different base models, such as %s; only those trained on this one can help."
                .formatted(named.size(), examples));
    }

    private void aboutBaseModel(String name, Path base, int adapters) {
        if (isNamedBy(name, base)) return;
        if (isTwin(name, base)) {
            err.println("lorahub: The %s trained on %s, %s; running on the files in %s."
                    .formatted(
                            adapters == 1 ? "adapter was" : "adapters were",
                            name,
                            BaseModelTwins.isQuantized(name)
                                    ? "a quantised copy of this base model"
                                    : "another copy of this base model",
                            base));
            err.flush();
            return;
        }
        say("The %s %s as %s base model; the files in %s don't show whether it is that model."
                .formatted(
                        adapters == 1 ? "adapter names" : "adapters name",
                        name,
                        adapters == 1 ? "its" : "their",
                        base));
    }

    void aboutBaseAlone(LearningSession session) {
        if (session.adapters().isEmpty()) err.println("lorahub: no --adapter given; running the base model alone.");
    }

    void aboutExamples(LearningSession session, List<Example> fewShot, List<Example> heldOut) {
        if (fewShot.size() > MANY) {
            say(
                    "%,d examples are far more than a search needs, and each point reads all of them. Five to twenty are usual; keep the rest for --held-out."
                            .formatted(fewShot.size()));
        }
        List<Example> all = Stream.concat(fewShot.stream(), heldOut.stream()).toList();
        aboutCharacters(session, all);
        if (fewShot.size() == 1) {
            say("There is only one example, and many mixes get one example right; five are usual.");
        }
        Set<Example> known = new HashSet<>(fewShot);
        long seen = heldOut.stream().filter(known::contains).count();
        if (seen > 0) {
            say(
                    "%d of the %d held-out examples are also among the examples to learn from, so the mix looks better than it is."
                            .formatted(seen, heldOut.size()));
        }
    }

    void aboutCharacters(LearningSession session, List<Example> examples) {
        session.unknownCharacters(examples).ifPresent(this::say);
    }

    void aboutOptions(List<String> options, List<Example> heldOut) {
        long other = heldOut.stream().filter(e -> !options.contains(e.output())).count();
        if (other > 0) {
            say("The examples don't have %d of the %d held-out outputs, so --options always counts these as wrong."
                    .formatted(other, heldOut.size()));
        }
    }

    void aboutLayerGroups(LearningSession session, LearningSettings settings) {
        int candidates = session.candidates().size();
        if (settings.layers().size() > 1 && !LayeredSearch.gains(settings.budget(), candidates)) {
            say(
                    "The budget leaves few evaluations for the weights of the layer groups. Give --budget %d or more, or --layer-groups none."
                            .formatted(LayeredSearch.enough(candidates)));
        }
    }

    void aboutBudget(LearningSession session, LearningSettings settings) {
        int candidates = session.candidates().size();
        if (settings.budget() >= candidates) return;
        say(
                "A budget of %s is too small to try each of the %d adapters alone, so good ones may be missed. Give --budget %d or more, or fewer adapters."
                        .formatted(TextLines.count(settings.budget(), "evaluation"), candidates, 2 * candidates));
    }

    private void say(String sentence) {
        err.println("lorahub: warning: " + sentence);
        err.flush();
    }

    /** Whether anything shows that the folder contains the base model of this name; equal shapes don't. */
    private static boolean isNamedBy(String name, Path folder) {
        Path place = folder.toAbsolutePath().normalize();
        return lastWord(name).equalsIgnoreCase(lastWord(place.toString()))
                || isOfCache(name, place)
                || isOfDemo(name, place)
                || name.equalsIgnoreCase(nameInside(place));
    }

    /** Whether the folder is called like the model itself, of any organisation. */
    private static boolean isTwin(String name, Path folder) {
        Path place = folder.toAbsolutePath().normalize();
        Stream<String> ofCache = StreamSupport.stream(place.spliterator(), false)
                .map(Path::toString)
                .filter(part -> part.startsWith("models--"))
                .map(part -> part.substring("models--".length()).replace("--", "/"));
        return Stream.concat(ofCache, Stream.of(place.toString(), nameInside(place)))
                .anyMatch(other -> BaseModelTwins.areTwins(name, other));
    }

    private static String lastWord(String path) {
        String trimmed = path.replaceAll("[/\\\\]+$", "");
        return trimmed.substring(Math.max(trimmed.lastIndexOf('/'), trimmed.lastIndexOf('\\')) + 1);
    }

    /** The cache that huggingface_hub keeps. */
    private static boolean isOfCache(String name, Path place) {
        String folder = "models--" + name.replace("/", "--");
        return StreamSupport.stream(place.spliterator(), false)
                .anyMatch(part -> part.toString().equalsIgnoreCase(folder));
    }

    /** The demo hub may have been copied. */
    private static boolean isOfDemo(String name, Path place) {
        Path weights = place.resolve("model.safetensors");
        if (!name.equals(DemoHub.BASE_MODEL) || !Files.isRegularFile(weights)) return false;
        try {
            return Files.mismatch(weights, DemoHub.open().base().resolve("model.safetensors")) < 0;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String nameInside(Path place) {
        try {
            return new ObjectMapper()
                    .readTree(place.resolve("config.json").toFile())
                    .path("_name_or_path")
                    .asText();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
