package io.lorahub.composition.form;

import io.lorahub.composition.CompositionRun;
import io.lorahub.composition.RunCandidate;
import io.lorahub.composition.RunEvaluation;
import io.lorahub.composition.RunSpec;
import io.lorahub.composition.request.CandidateValidator;
import io.lorahub.composition.request.RunRequest;
import io.lorahub.composition.request.SearchValidator;
import io.lorahub.engine.learning.Example;
import io.lorahub.web.FieldError;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;

/** Turns a form into the request that it describes. */
record RunFormParser(RunForm form) {

    /**
     * The request, with all errors that can be found without querying the hub.
     *
     * @param read   the examples
     * @param before the run that this one repeats
     */
    RunRequest request(ExampleImport read, Optional<CompositionRun> before) {
        List<FieldError> faults = new ArrayList<>(read.faults());
        RunSpec spec = spec(read.heldOut(), faults);
        int taken = before.map(run -> known(run, faults)).orElse(0);
        return new RunRequest(
                form.title,
                form.description,
                Optional.of(form.baseModel).filter(name -> !name.isBlank()),
                form.chosen(),
                spec,
                before.filter(this::isFork).map(run -> new RunRequest.Fork(run.id, taken)),
                faults);
    }

    /**
     * The examples and settings that the form describes.
     *
     * @param faults receives an error for each invalid number, which is replaced by the default
     */
    RunSpec spec(List<Example> heldOutExamples, List<FieldError> faults) {
        RunSpec usual = RunSpec.of(form.filled(), heldOutExamples);
        return new RunSpec(
                usual.examples(),
                usual.heldOut(),
                number(
                        "budget",
                        form.budget,
                        usual.budget(),
                        Integer::valueOf,
                        "a whole number, for example 40",
                        faults),
                number("seed", form.seed, usual.seed(), Long::valueOf, "a whole number, for example 42", faults),
                form.strategy,
                SearchValidator.setting("composition", form.composition, usual.composition(), faults),
                SearchValidator.setting("objective", form.objective, usual.objective(), faults),
                number(
                        "lower",
                        form.lower,
                        usual.lower(),
                        RunFormParser::decimal,
                        "a number, for example −1.5",
                        faults),
                number("upper", form.upper, usual.upper(), RunFormParser::decimal, "a number, for example 1.5", faults),
                number("l1", form.l1, usual.l1(), RunFormParser::decimal, "a number, for example 0.05", faults),
                SearchValidator.setting("dtype", form.dtype, usual.dtype(), faults),
                number(
                        "max_new_tokens",
                        form.maxNewTokens,
                        usual.maxNewTokens(),
                        Integer::valueOf,
                        "a whole number, for example 32",
                        faults),
                form.promptFormat(),
                RunForm.unix(form.system),
                null,
                optional("patience", form.patience, 20, faults),
                usual.pruning(),
                optional("average", form.average, 3, faults),
                SearchValidator.groups(form.layerGroups, faults),
                optional("population", form.population, 4, faults));
    }

    private static Integer optional(String field, String typed, int example, List<FieldError> faults) {
        if (typed == null || typed.isBlank()) return null;
        return number(
                field,
                typed,
                null,
                Integer::valueOf,
                "a whole number, for example %d, or leave it empty".formatted(example),
                faults);
    }

    private static Double decimal(String text) {
        double value = Double.parseDouble(text);
        if (!Double.isFinite(value)) throw new NumberFormatException(text);
        return value;
    }

    private static <T> T number(
            String field, String typed, T usual, Function<String, T> parse, String expected, List<FieldError> faults) {
        try {
            return parse.apply(typed.strip().replace('−', '-').toLowerCase(Locale.ROOT));
        } catch (NumberFormatException e) {
            faults.add(new FieldError(field, "Use %s.".formatted(expected)));
            return usual;
        }
    }

    private int known(CompositionRun run, List<FieldError> faults) {
        long all = RunEvaluation.count("id.runId", run.id);
        if (form.known.isBlank()) return (int) all;
        try {
            int taken = Integer.parseInt(form.known.strip());
            if (taken >= 0 && taken <= all) return taken;
        } catch (NumberFormatException e) {
            // like a number out of range
        }
        faults.add(new FieldError("known", "The earlier run has %d points; use 0 to %d.".formatted(all, all)));
        return 0;
    }

    /** Whether the earlier run's evaluations can be reused: this needs the same candidates, versions and base model. */
    private boolean isFork(CompositionRun run) {
        List<String> chosen = form.chosen();
        return run.candidates.stream().noneMatch(RunCandidate::isDeleted)
                && CandidateValidator.areThose(chosen, run.candidates)
                && run.candidates.stream()
                        .allMatch(c -> chosen.contains(c.addressWithVersion())
                                || c.isOf(c.version().adapter.newest()))
                && (form.baseModel.isBlank() || form.baseModel.equals(run.baseModel.name));
    }
}
