package io.lorahub.engine.lora.config;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Supplier;

/** Converts {@code adapter_config.json} to an {@link AdapterConfig}; absent keys take PEFT's defaults. */
public final class ConfigReading {

    /** The largest models need some hundred entries to list a rank for every module. */
    private static final int MAX_PATTERNS = 5_000;

    private static final int DEFAULT_RANK = 8;
    private static final double DEFAULT_ALPHA = 8;

    private final JsonNode json;
    private final ConfigFields fields;
    private final Consumer<CheckFinding> findings;
    private final MatchBudget budget = new MatchBudget();

    public ConfigReading(JsonNode json, Consumer<CheckFinding> findings) {
        this.json = json;
        this.findings = findings;
        fields = new ConfigFields(json, findings);
    }

    public AdapterConfig config() {
        int rank = fields.wholeNumber("r").orElse(DEFAULT_RANK);
        PatternTable ranks = table("rank_pattern");
        PatternTable alphas = table("alpha_pattern");
        checkRanks(rank, ranks);
        return new AdapterConfig(
                fields.text("base_model_name_or_path"),
                new AdapterConfig.Scaling(
                        rank,
                        fields.number("lora_alpha").orElse(DEFAULT_ALPHA),
                        fields.flag("use_rslora", false),
                        ranks,
                        alphas),
                fields.flag("lora_bias", false),
                targets(),
                json);
    }

    private void checkRanks(int rank, PatternTable ranks) {
        if (rank < 1) findings.accept(badRank("r", rank));
        ranks.values().forEach((pattern, r) -> {
            if (r < 1 || r != Math.rint(r) || r > Integer.MAX_VALUE) {
                findings.accept(badRank("rank_pattern of " + pattern, r));
            }
        });
    }

    private static CheckFinding badRank(String key, Number rank) {
        return CheckFinding.error(
                "rank-not-positive",
                key,
                "The rank in %s is %s.".formatted(key, rank),
                "A rank is a whole number of at least 1.");
    }

    private PatternTable table(String key) {
        Map<String, Double> values = fields.numbers(key);
        if (values.size() > MAX_PATTERNS) {
            findings.accept(tooMany(key, values.size()));
            return PatternTable.EMPTY;
        }
        return usable(key, PatternTable.EMPTY, () -> new PatternTable(values, budget));
    }

    private static CheckFinding tooMany(String key, int entries) {
        return CheckFinding.error(
                "too-many-patterns",
                key,
                "%s has %d entries.".formatted(key, entries),
                "At most %d are read.".formatted(MAX_PATTERNS));
    }

    private ModuleTargets targets() {
        return new ModuleTargets(selector("target_modules"), selector("exclude_modules"), layers());
    }

    private Optional<ModuleSelector> selector(String key) {
        JsonNode node = json.path(key);
        if (key.equals("target_modules") && node.isTextual() && node.textValue().equalsIgnoreCase("all-linear")) {
            return Optional.of(new ModuleSelector.AllLinear());
        }
        if (node.isTextual()) {
            return usable(
                    key,
                    Optional.empty(),
                    () -> Optional.of(new ModuleSelector.Expression(new BoundedPattern(node.textValue(), budget))));
        }
        List<String> names = fields.texts(key);
        return names.isEmpty() ? Optional.empty() : Optional.of(new ModuleSelector.Names(names));
    }

    private LayerFilter layers() {
        Set<Integer> layers = Set.copyOf(fields.wholeNumbers("layers_to_transform"));
        List<String> patterns = fields.texts("layers_pattern").stream()
                .filter(p -> !p.isEmpty())
                .toList();
        if (patterns.size() > MAX_PATTERNS) {
            findings.accept(tooMany("layers_pattern", patterns.size()));
            return LayerFilter.NONE;
        }
        return usable("layers_pattern", LayerFilter.NONE, () -> new LayerFilter(layers, patterns, budget));
    }

    private <T> T usable(String key, T fallback, Supplier<T> made) {
        try {
            return made.get();
        } catch (BoundedPattern.UnusablePatternException e) {
            findings.accept(unusable(key, e));
            return fallback;
        }
    }

    public static CheckFinding unusable(String key, BoundedPattern.UnusablePatternException e) {
        return CheckFinding.error(
                "pattern-unusable",
                key,
                "An expression in %s %s.".formatted(key, e.getMessage()),
                "Write it as a list of names, or as a simpler expression.");
    }
}
