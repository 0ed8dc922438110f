package io.lorahub.cli;

import io.lorahub.engine.learning.Example;
import io.lorahub.engine.learning.LearningSession;
import io.lorahub.engine.learning.LearningSettings;
import io.lorahub.engine.lora.CheckFinding.Severity;
import io.lorahub.engine.lora.LoraAdapter;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** What may be meant so, but should be known. On standard error. */
record ComposeWarnings(PrintWriter err) {

    private static final int MANY = 200;

    void aboutAdapters(LearningSession session) {
        session.adapters()
                .forEach(adapter -> adapter.findings().stream()
                        .filter(f -> f.severity() == Severity.WARNING)
                        .forEach(f -> say("%s: %s".formatted(adapter.name(), f.sentence()))));
        aboutBaseModels(session.adapters(), session.base().folder());
        List<String> unheard = session.base().generation().unheard();
        if (!unheard.isEmpty()) {
            say(
                    "The base model's generation settings ask for %s. LoraHub decodes greedily without, so transformers may write something else."
                            .formatted(String.join(", ", unheard)));
        }
    }

    /** The shapes fit, or the session would not have opened; whether the weights do, only their names can tell. */
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
        say("The adapters name %d different base models, such as %s; only those that were trained on this one can help."
                .formatted(named.size(), examples));
    }

    private void aboutBaseModel(String name, Path base, int adapters) {
        if (new NamedBaseModel(name).isNamedBy(base)) return;
        say("The %s %s as %s base model; whether %s is that cannot be told from its files."
                .formatted(
                        adapters == 1 ? "adapter names" : "adapters name",
                        name,
                        adapters == 1 ? "its" : "their",
                        base));
    }

    void aboutBaseAlone(LearningSession session) {
        if (session.adapters().isEmpty()) err.println("lorahub: no --adapter is given: the base model runs alone.");
    }

    void aboutExamples(LearningSession session, List<Example> fewShot, List<Example> heldOut) {
        if (fewShot.size() > MANY) {
            say(
                    "%,d examples are far more than a search needs, and each evaluation reads all of them. Five to twenty are usual; keep the rest for --held-out."
                            .formatted(fewShot.size()));
        }
        List<Example> all = Stream.concat(fewShot.stream(), heldOut.stream()).toList();
        aboutCharacters(session, all);
        if (fewShot.size() == 1) {
            say("There is only one example, and many mixes get a single one right; five are usual.");
        }
        Set<Example> known = new HashSet<>(fewShot);
        long seen = heldOut.stream().filter(known::contains).count();
        if (seen > 0) {
            say(
                    "%d of the %d held-out examples are among the examples that are learned from, so the mix looks better than it is."
                            .formatted(seen, heldOut.size()));
        }
    }

    void aboutCharacters(LearningSession session, List<Example> examples) {
        session.unknownCharacters(examples).ifPresent(this::say);
    }

    void aboutBudget(LearningSession session, LearningSettings settings) {
        int candidates = session.candidates().size();
        if (settings.budget() >= candidates) return;
        say(
                "The budget of %s doesn't pay for trying each of the %d adapters alone, so good ones may be missed. Give --budget %d or more, or fewer adapters."
                        .formatted(TextLines.count(settings.budget(), "evaluation"), candidates, 2 * candidates));
    }

    /** @param single the adapter that does better than the mix */
    void aboutBetterSingle(String single, Optional<Path> written) {
        say("%s alone does better than the mix%s. Use it alone, or a larger --budget."
                .formatted(
                        single,
                        written.map(" that was written to %s"::formatted).orElse("")));
    }

    private void say(String sentence) {
        err.println("lorahub: warning: " + sentence);
        err.flush();
    }
}
