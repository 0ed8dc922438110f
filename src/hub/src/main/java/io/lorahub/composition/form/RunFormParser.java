package io.lorahub.composition.form;

import io.lorahub.composition.CompositionRun;
import io.lorahub.composition.RunCandidate;
import io.lorahub.composition.RunEvaluation;
import io.lorahub.composition.RunSpec;
import io.lorahub.composition.request.CandidateValidator;
import io.lorahub.composition.request.RunRequest;
import io.lorahub.composition.request.SentSettings;
import io.lorahub.engine.learning.Example;
import io.lorahub.web.FieldError;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

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
     * @param faults receives an error for each setting that can't be read, which is replaced by the default
     */
    RunSpec spec(List<Example> heldOutExamples, List<FieldError> faults) {
        return new RunSpec(
                form.filled(),
                heldOutExamples,
                SentSettings.ofForm(form::setting, faults),
                form.promptFormat(),
                RunForm.unix(form.system),
                null);
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
