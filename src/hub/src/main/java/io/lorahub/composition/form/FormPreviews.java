package io.lorahub.composition.form;

import io.lorahub.adapter.Adapter;
import io.lorahub.adapter.AdapterVersion;
import io.lorahub.basemodel.BaseModelRecord;
import io.lorahub.composition.CompositionConfig;
import io.lorahub.composition.CompositionRun;
import io.lorahub.composition.RunOwner;
import io.lorahub.composition.RunRights;
import io.lorahub.composition.RunSize;
import io.lorahub.composition.RunSpec;
import io.lorahub.composition.model.ModelTokenizers;
import io.lorahub.composition.request.RunValidator;
import io.lorahub.composition.task.OwnerLimits;
import io.lorahub.engine.learning.RunMemory;
import io.quarkus.panache.common.Sort;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Computes what the form shows besides the entered data, with the newest versions of the candidates. */
@ApplicationScoped
public class FormPreviews {

    private final CandidateFinder finder;
    private final RunEstimates estimates;
    private final RunValidator check;
    private final ModelTokenizers tokenizers;
    private final CompositionConfig limits;
    private final RunRights rights;
    private final OwnerLimits owners;

    FormPreviews(
            CandidateFinder finder,
            RunEstimates estimates,
            RunValidator check,
            ModelTokenizers tokenizers,
            CompositionConfig limits,
            RunRights rights,
            OwnerLimits owners) {
        this.finder = finder;
        this.estimates = estimates;
        this.check = check;
        this.tokenizers = tokenizers;
        this.limits = limits;
        this.rights = rights;
        this.owners = owners;
    }

    /**
     * The options and figures that the form shows besides the entered data.
     */
    public record Context(
            List<CandidateFinder.Row> candidates,
            List<CandidateFinder.Tag> tags,
            FormPreview preview,
            Lengths lengths,
            Optional<CompositionRun> before,
            RunSize limits,
            Optional<Visitor> visitor,
            boolean signedOut,
            boolean replacesDraft) {

        /**
         * What a visitor is told before they begin.
         *
         * @param seconds of evaluations after which the search ends
         * @param hours   for which runs and drafts are kept
         */
        public record Visitor(long seconds, long hours) {}

        /**
         * Maximum numbers of tokens of an input or output; empty if unknown.
         *
         * @param run      of one that the search reads
         * @param readable of one that the base model reads
         */
        public record Lengths(Optional<Integer> run, Optional<Integer> readable) {}

        public List<BaseModelRecord> baseModels() {
            return BaseModelRecord.listAll(Sort.by("name"));
        }

        /** Maximum size of a file of examples in bytes. */
        public long file() {
            return RunForm.LARGEST_FILE;
        }

        /** Says how long an example can be; the limit in tokens belongs to the base model. */
        public String examplesHint() {
            String hint =
                    "At most %,d, with up to %,d characters each.".formatted(limits.examples(), limits.characters());
            if (lengths.run.isEmpty()) return hint;
            if (preview.prompt().isPresent()) {
                return hint + " A prompt with its output can have at most %,d tokens.".formatted(lengths.run.get());
            }
            hint += " An input or output can have at most %,d tokens".formatted(lengths.run.get());
            return lengths.readable
                    .filter(most -> most > lengths.run.get())
                    .map(
                            ", because the search keeps gradients in memory; the result's playground reads up to %,d."
                                    ::formatted)
                    .map(hint::concat)
                    .orElse(hint + ".");
        }

        public String budgetHint() {
            return "1 to %,d evaluations: one for each set of weights, three with its gradient. 40 usually finds a good pair; 100 also tunes it."
                    .formatted(limits.budget());
        }
    }

    /** @param owner empty for a visitor who has nothing yet, and if the session has expired */
    Context context(Optional<RunOwner> owner, RunForm form) {
        List<CandidateFinder.Row> candidates = finder.rows(form.candidates, form.baseModel);
        Optional<BaseModelRecord> base = finder.baseModel(form, candidates).flatMap(BaseModelRecord::named);
        return new Context(
                candidates,
                finder.tags(form.baseModel),
                of(owner, form, candidates),
                new Context.Lengths(base.flatMap(tokenizers::limit), base.flatMap(tokenizers::readable)),
                before(form),
                RunSize.of(limits, isVisitor(owner)),
                isVisitor(owner) && limits.visitors()
                        ? Optional.of(new Context.Visitor(
                                limits.visitor().searchTime().toSeconds(),
                                limits.visitorRuns().toHours()))
                        : Optional.empty(),
                isVisitor(owner) && !limits.visitors(),
                form.before().isPresent()
                        && owner.flatMap(one -> ComposeDraft.of(one))
                                .filter(draft -> !draft.form.from.equals(form.from))
                                .isPresent());
    }

    private static boolean isVisitor(Optional<RunOwner> owner) {
        return owner.flatMap(RunOwner::person).isEmpty();
    }

    /**
     * @param owner empty for a visitor who has nothing yet, and if the session has expired
     * @param rows  candidates of the form
     */
    FormPreview of(Optional<RunOwner> owner, RunForm form, List<CandidateFinder.Row> rows) {
        RunSize size = RunSize.of(limits, isVisitor(owner));
        RunSpec spec = spec(isVisitor(owner), size, form);
        Optional<BaseModelRecord> base = finder.baseModel(form, rows).flatMap(BaseModelRecord::named);
        Optional<String> tooMany = check.tooMany(form.chosen().size());
        Optional<RunMemory> memory = base.filter(model -> tooMany.isEmpty())
                .map(model -> RunValidator.memory(spec, model, AdapterVersion.parametersOfNewest(chosen(rows))));
        return new FormPreview(
                estimates.of(base, spec, form.heldOut.length(), form.chosen().size(), before(form)),
                memory,
                tooMany.or(() -> memory.flatMap(check::tooLarge)),
                check.precheck(spec, base),
                PromptPreview.of(tokenizers, base, spec),
                spec.budget() >= 1 && spec.budget() <= size.budget(),
                new FormPreview.Quota(
                        owner.map(RunOwner::active).orElse(0L),
                        isVisitor(owner) ? limits.queuedByVisitor() : limits.queued(),
                        isVisitor(owner) ? Optional.of(owners.leftToday()) : Optional.empty()));
    }

    /** Nothing is computed for visitors from more examples than a run of theirs can have. */
    private static RunSpec spec(boolean visitor, RunSize size, RunForm form) {
        RunSpec spec = form.spec(List.of(), new ArrayList<>());
        boolean large = visitor
                && size.faults(spec, 0).stream().anyMatch(fault -> fault.field().equals("examples"));
        return large ? RunSpec.of(List.of(), List.of()) : spec;
    }

    /** The run that this one repeats. */
    private Optional<CompositionRun> before(RunForm form) {
        return form.before()
                .flatMap(id -> CompositionRun.<CompositionRun>findByIdOptional(id))
                .filter(rights::maySee);
    }

    private static List<Adapter> chosen(List<CandidateFinder.Row> rows) {
        return rows.stream()
                .filter(row -> row.candidate().chosen())
                .flatMap(row -> row.adapter().stream())
                .toList();
    }
}
