package io.lorahub.composition.form;

import io.lorahub.account.Person;
import io.lorahub.adapter.Adapter;
import io.lorahub.adapter.AdapterVersion;
import io.lorahub.basemodel.BaseModelRecord;
import io.lorahub.composition.CompositionConfig;
import io.lorahub.composition.CompositionRun;
import io.lorahub.composition.RunOwner;
import io.lorahub.composition.RunRights;
import io.lorahub.composition.RunSpec;
import io.lorahub.composition.model.ModelTokenizers;
import io.lorahub.composition.request.RunValidator;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Computes previews of the form, with the newest versions of the candidates. */
@ApplicationScoped
public class FormPreviews {

    private final CandidateFinder finder;
    private final RunEstimates estimates;
    private final RunValidator check;
    private final ModelTokenizers tokenizers;
    private final CompositionConfig limits;
    private final RunRights rights;

    FormPreviews(
            CandidateFinder finder,
            RunEstimates estimates,
            RunValidator check,
            ModelTokenizers tokenizers,
            CompositionConfig limits,
            RunRights rights) {
        this.finder = finder;
        this.estimates = estimates;
        this.check = check;
        this.tokenizers = tokenizers;
        this.limits = limits;
        this.rights = rights;
    }

    /**
     * @param person empty if the session has expired
     * @param rows   candidates of the form
     */
    FormPreview of(Optional<Person> person, RunForm form, List<CandidateFinder.Row> rows) {
        RunSpec spec = new RunFormParser(form).spec(List.of(), new ArrayList<>());
        Optional<BaseModelRecord> base = finder.baseModel(form, rows).flatMap(BaseModelRecord::named);
        List<AdapterVersion> chosen = base.isEmpty() ? List.of() : chosen(rows);
        return new FormPreview(
                estimates.of(base, spec, form.heldOut.length(), form.chosen().size(), before(form)),
                base.map(model -> RunValidator.memory(spec, model, chosen)),
                base.flatMap(model -> check.tooLarge(spec, model, chosen)),
                check.precheck(spec, base),
                PromptPreview.of(tokenizers, base, spec),
                spec.budget() >= 1 && spec.budget() <= limits.budget(),
                person.map(member -> RunOwner.member(member).active()).orElse(0L),
                limits.queued());
    }

    /** The run that this one repeats. */
    Optional<CompositionRun> before(RunForm form) {
        return form.before()
                .flatMap(id -> CompositionRun.<CompositionRun>findByIdOptional(id))
                .filter(rights::maySee);
    }

    private static List<AdapterVersion> chosen(List<CandidateFinder.Row> rows) {
        List<Adapter> adapters = rows.stream()
                .filter(row -> row.candidate().chosen())
                .flatMap(row -> row.adapter().stream())
                .toList();
        return AdapterVersion.newestOf(adapters);
    }
}
