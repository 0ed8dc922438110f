package io.lorahub.composition.request;

import io.lorahub.basemodel.BaseModelRecord;
import io.lorahub.composition.CompositionConfig;
import io.lorahub.composition.RunSettings;
import io.lorahub.composition.RunSpec;
import io.lorahub.engine.learning.LearningSettings;
import io.lorahub.engine.model.LayerGroups;
import io.lorahub.engine.optimize.SearchSettings;
import io.lorahub.engine.optimize.strategy.Strategy;
import io.lorahub.engine.setting.SearchSetting;
import io.lorahub.web.FieldError;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.List;

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
        RunSettings.faults(spec.search()).stream()
                .filter(fault ->
                        fault.setting() != SearchSettings.BUDGET && fault.setting() != LearningSettings.LAYER_GROUPS)
                .map(SearchValidator::cause)
                .forEach(causes::add);
        strategy(spec, causes);
    }

    private static FieldError cause(SearchSetting.Fault fault) {
        return new FieldError(fault.setting().name(), fault.advice());
    }

    /** @param spec with the prompt format that its model has; an encoder-decoder model has none */
    static void groups(RunSpec spec, BaseModelRecord base, List<FieldError> causes) {
        if (spec.groups().size() == 1) return;
        if (spec.groups() == LayerGroups.STACKS && spec.prompt() != null) {
            causes.add(new FieldError(
                    "layer_groups",
                    "%s has no encoder, so there are no stacks to tell apart; use thirds.".formatted(base.name)));
        }
        LearningSettings.faults(spec.search()).stream()
                .filter(fault -> fault.setting() == LearningSettings.LAYER_GROUPS)
                .map(SearchValidator::cause)
                .forEach(causes::add);
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
