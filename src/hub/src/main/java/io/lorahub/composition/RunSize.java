package io.lorahub.composition;

import io.lorahub.engine.learning.LearningSettings;
import io.lorahub.web.FieldError;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** How large a run can be. */
public record RunSize(int candidates, int examples, int heldOut, int characters, int budget, int refineSteps) {

    public static RunSize of(CompositionConfig config, boolean visitor) {
        if (!visitor) {
            return new RunSize(
                    config.candidates(),
                    config.examples(),
                    config.heldOut(),
                    config.characters(),
                    config.budget(),
                    LearningSettings.MOST_REFINE_STEPS);
        }
        CompositionConfig.Visitor small = config.visitor();
        return new RunSize(
                Math.min(small.candidates(), config.candidates()),
                Math.min(small.examples(), config.examples()),
                Math.min(small.heldOut(), config.heldOut()),
                Math.min(small.characters(), config.characters()),
                Math.min(small.budget(), config.budget()),
                0);
    }

    /** In what a run is too large for a visitor; a member's can be larger. */
    public List<FieldError> faults(RunSpec spec, int itsCandidates) {
        List<FieldError> faults = new ArrayList<>();
        check(faults, "examples", spec.examples().size(), examples, "examples");
        check(faults, "held_out", spec.heldOut().size(), heldOut, "held-out examples");
        check(faults, "examples", longest(spec), characters, "characters in an input or output");
        check(faults, "candidates", itsCandidates, candidates, "candidates");
        check(faults, "budget", spec.budget(), budget, "evaluations");
        check(faults, "refine_steps", spec.refineSteps(), refineSteps, "steps of refinement");
        return faults;
    }

    private static int longest(RunSpec spec) {
        return Stream.concat(spec.examples().stream(), spec.heldOut().stream())
                .flatMap(example -> Stream.of(example.input(), example.output()))
                .mapToInt(String::length)
                .max()
                .orElse(0);
    }

    private static void check(List<FieldError> faults, String field, int size, int most, String what) {
        if (size <= most) return;
        faults.add(new FieldError(
                field,
                "Without an account, a run can have %,d %s; this one has %,d. Use fewer, or sign in."
                        .formatted(most, what, size)));
    }
}
