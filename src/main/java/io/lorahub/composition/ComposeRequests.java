package io.lorahub.composition;

import io.lorahub.adapter.AdapterVersion;
import io.lorahub.engine.learning.Example;
import io.lorahub.examples.PastedExamples;
import io.lorahub.web.FieldError;
import io.lorahub.web.ProblemException;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.stream.IntStream;

/** Makes runs of what the form says, with all its faults at once. */
@ApplicationScoped
public class ComposeRequests {

    private final RunService runs;
    private final RunValidator check;
    private final RunRights rights;

    ComposeRequests(RunService runs, RunValidator check, RunRights rights) {
        this.runs = runs;
        this.check = check;
        this.rights = rights;
    }

    /**
     * @param unread what is wrong with examples that were pasted or sent as files
     * @throws ProblemException invalid, with a cause for each fault
     */
    public CompositionRun start(RunOwner owner, ComposeForm form, List<FieldError> unread) {
        List<FieldError> faults = new ArrayList<>(unread);
        List<Example> heldOut =
                PastedExamples.read(ExampleImport.HELD_OUT, form.heldOut()).examples();
        RunRequest request = new RunRequest(
                form.title(),
                form.description(),
                Optional.of(form.baseModel()).filter(name -> !name.isBlank()),
                form.chosen(),
                form.settings().spec(form.filled(), heldOut, faults),
                Optional.empty());
        RunValidator.Checked checked = check.check(request);
        checked.causes().stream()
                .filter(cause -> faults.stream().noneMatch(f -> f.field().equals(cause.field())))
                .filter(cause -> !isOfUnread(cause, form, unread))
                .forEach(faults::add);
        warnOfLeaks(request.spec(), faults);
        Optional<CompositionRun> before = form.from().map(UUID::toString).map(rights::visible);
        int known = known(form, before, faults);
        if (!faults.isEmpty()) throw ProblemException.invalid(faults);
        boolean same = before.filter(run -> areThose(run.candidates, checked.candidates()))
                .isPresent();
        return same ? runs.fork(owner, before.get().id, known, request) : runs.start(owner, request);
    }

    private static boolean areThose(List<RunCandidate> before, List<AdapterVersion> now) {
        return before.size() == now.size()
                && IntStream.range(0, now.size()).allMatch(i -> before.get(i).isOf(now.get(i)));
    }

    /** That examples are missing is no fault of its own where they are there but cannot be read. */
    private static boolean isOfUnread(FieldError cause, ComposeForm form, List<FieldError> unread) {
        return cause.field().equals("examples")
                && form.filled().isEmpty()
                && unread.stream().anyMatch(c -> List.of("pasted", "file").contains(c.field()));
    }

    /** An accuracy on examples that the search has seen says nothing. */
    private static void warnOfLeaks(RunSpec spec, List<FieldError> faults) {
        Set<Example> seen = new HashSet<>(spec.examples());
        long leaked = spec.heldOut().stream().filter(seen::contains).count();
        if (leaked > 0) {
            faults.add(new FieldError(
                    "held_out",
                    "%s also among the examples; what the search has seen cannot be held out."
                            .formatted(leaked == 1 ? "One of them is" : leaked + " of them are")));
        }
    }

    private static int known(ComposeForm form, Optional<CompositionRun> before, List<FieldError> faults) {
        if (before.isEmpty()) return 0;
        long all = RunEvaluation.count("id.runId", before.get().id);
        if (form.known().isBlank()) return (int) all;
        try {
            int known = Integer.parseInt(form.known().strip());
            if (known >= 0 && known <= all) return known;
        } catch (NumberFormatException e) {
            // as a number out of range
        }
        faults.add(new FieldError("known", "The run before has %d evaluations; write 0 to %d.".formatted(all, all)));
        return 0;
    }
}
