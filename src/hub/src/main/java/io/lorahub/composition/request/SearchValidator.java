package io.lorahub.composition.request;

import io.lorahub.basemodel.BaseModelRecord;
import io.lorahub.composition.CompositionConfig;
import io.lorahub.composition.RunObjective;
import io.lorahub.composition.RunSpec;
import io.lorahub.engine.error.EngineException;
import io.lorahub.engine.learning.LearningSettings;
import io.lorahub.engine.model.ComposedWeights;
import io.lorahub.engine.model.LayerGroups;
import io.lorahub.engine.names.EnumNames;
import io.lorahub.engine.optimize.strategy.Strategy;
import io.lorahub.web.FieldError;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.List;
import java.util.Optional;

/** Finds errors in the settings of a run's search. */
@ApplicationScoped
public class SearchValidator {

    private final CompositionConfig limits;

    SearchValidator(CompositionConfig limits) {
        this.limits = limits;
    }

    /** Checks everything but the layer groups, which depend on the base model. */
    void settings(RunSpec spec, List<FieldError> causes) {
        if (spec.budget() < 1 || spec.budget() > limits.budget()) {
            causes.add(new FieldError("budget", "The budget is 1 to %,d evaluations.".formatted(limits.budget())));
        }
        if (spec.patience() != null && spec.patience() < 1) {
            causes.add(new FieldError("patience", "The patience is at least 1 evaluation; leave it empty for none."));
        }
        if (spec.average() != null && spec.average() < 2) {
            causes.add(new FieldError("average", "A mean needs at least 2 points; leave it empty for none."));
        }
        population(spec, causes);
        if (spec.maxNewTokens() < 1 || spec.maxNewTokens() > 512) {
            causes.add(new FieldError("max_new_tokens", "A prediction can have 1 to 512 tokens."));
        }
        String strategy = spec.strategy();
        if (!Strategy.names().contains(strategy)) {
            causes.add(new FieldError("strategy", oneOf(Strategy.names(), strategy)));
        }
        weights(spec, causes);
        strategy(spec, causes);
    }

    /** Checks the bounds and the regularisation separately, as the engine does ({@link LearningSettings}). */
    private static void weights(RunSpec spec, List<FieldError> causes) {
        try {
            LearningSettings.DEFAULT.withBounds(spec.lower(), spec.upper());
        } catch (EngineException e) {
            causes.add(new FieldError("lower", e.getMessage()));
        }
        try {
            LearningSettings.DEFAULT.withL1(spec.l1());
        } catch (EngineException e) {
            causes.add(new FieldError("l1", e.getMessage()));
        }
    }

    /**
     * The setting with this name, or the default one if it is null or unknown.
     *
     * @param causes receives an error if there is no such setting
     */
    public static <E extends Enum<E>> E setting(String field, String name, E usual, List<FieldError> causes) {
        if (name == null) return usual;
        Class<E> type = usual.getDeclaringClass();
        return EnumNames.find(type, name).orElseGet(() -> {
            causes.add(new FieldError(field, oneOf(EnumNames.all(type), name)));
            return usual;
        });
    }

    /** The layer groups with this name, AUTO without one; null for none. */
    public static LayerGroups groups(String name, List<FieldError> causes) {
        LayerGroups groups = name == null || name.isBlank()
                ? LayerGroups.AUTO
                : setting("layer_groups", name, LayerGroups.AUTO, causes);
        return groups == LayerGroups.NONE ? null : groups;
    }

    private static String oneOf(List<String> allowed, String value) {
        return "Use one of %s (got “%s”).".formatted(String.join(", ", allowed), value);
    }

    /** @param spec with the prompt format that its model has; an encoder-decoder model has none */
    static void groups(RunSpec spec, BaseModelRecord base, List<FieldError> causes) {
        if (spec.groups().size() == 1) return;
        if (spec.groups() == LayerGroups.STACKS && spec.prompt() != null) {
            causes.add(new FieldError(
                    "layer_groups",
                    "%s has no encoder, so there are no stacks to tell apart; use thirds.".formatted(base.name)));
        }
        if (spec.composition() != ComposedWeights.EXACT) {
            causes.add(new FieldError(
                    "layer_groups", "Weights per layer group need the exact composition; choose it, or no groups."));
        }
        if (spec.objective() != RunObjective.LOSS) {
            causes.add(
                    new FieldError(
                            "layer_groups",
                            "Weights per layer group need the objective loss, whose gradients they follow; choose it, or no groups."));
        }
    }

    private static void population(RunSpec spec, List<FieldError> causes) {
        if (spec.population() == null) return;
        int most = LearningSettings.MOST_AT_ONCE;
        if (spec.population() < 1 || spec.population() > most) {
            causes.add(new FieldError(
                    "population",
                    "The search can propose 1 to %d points at once; leave it empty for 1.".formatted(most)));
        } else if (!LearningSettings.canPropose(
                spec.population(),
                Optional.of(spec.strategy()),
                spec.objective().toString())) {
            causes.add(
                    new FieldError(
                            "population",
                            "Several points at once need the default strategy and the objective loss; choose them, or leave it empty."));
        }
    }

    private static void strategy(RunSpec spec, List<FieldError> causes) {
        if (Strategy.needsGradients(spec.strategy())
                && !spec.objective().objective().isMeanTokenLoss()) {
            causes.add(new FieldError(
                    "strategy",
                    "The strategy %s needs gradients, which the objective %s doesn't have. Choose another strategy or objective."
                            .formatted(spec.strategy(), spec.objective())));
        }
    }
}
