package io.lorahub.composition.request;

import io.lorahub.adapter.AdapterFacts;
import io.lorahub.adapter.AdapterVersion;
import io.lorahub.basemodel.BaseModelRecord;
import io.lorahub.composition.CompositionRun;
import io.lorahub.composition.RunCandidate;
import io.lorahub.composition.RunEvaluation;
import io.lorahub.composition.RunSpec;
import io.lorahub.composition.queue.WorkerRecord;
import io.lorahub.engine.learning.RunMemory;
import io.lorahub.engine.model.LayerGroups;
import io.lorahub.storage.DatabaseClock;
import io.lorahub.web.FieldError;
import io.lorahub.web.ProblemException;
import io.lorahub.web.SingleLineText;
import io.quarkus.narayana.jta.QuarkusTransaction;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** Finds all errors in a request, and looks up the base model and candidates that it names. */
@ApplicationScoped
public class RunValidator {

    static final int TITLE = 100;
    static final int DESCRIPTION = 4000;

    private final CandidateValidator candidates;
    private final ExampleValidator examples;
    private final PromptValidator prompts;
    private final SearchValidator search;
    private final DatabaseClock clock;

    RunValidator(
            CandidateValidator candidates,
            ExampleValidator examples,
            PromptValidator prompts,
            SearchValidator search,
            DatabaseClock clock) {
        this.candidates = candidates;
        this.examples = examples;
        this.prompts = prompts;
        this.search = search;
        this.clock = clock;
    }

    /**
     * A checked request with the base model and candidates that it names.
     *
     * @param spec      with the base model's default prompt format if none was requested
     * @param baseModel null if it is invalid
     * @param warnings  reasons why the run is unlikely to give the result that its owner expects
     * @param causes    all errors; empty if there are none
     */
    record Checked(
            RunSpec spec,
            BaseModelRecord baseModel,
            List<RunCandidate> candidates,
            List<String> warnings,
            List<FieldError> causes) {}

    /**
     * What can be told of a run while its form is filled in.
     *
     * @param conflicts why its settings don't go together, or have values that no run can have; apart from the budget
     * @param warnings  reasons why it is unlikely to give the result that its owner expects
     */
    public record Precheck(List<String> conflicts, List<String> warnings) {}

    /**
     * @param spec with the examples typed so far
     * @param base empty if it isn't known yet
     */
    public Precheck precheck(RunSpec spec, Optional<BaseModelRecord> base) {
        List<FieldError> causes = new ArrayList<>();
        search.settings(spec, causes);
        base.ifPresent(model -> SearchValidator.groups(spec, model, causes));
        List<String> conflicts = causes.stream()
                .filter(cause -> !cause.field().equals("budget")) // which the form checks beside its field
                .map(FieldError::message)
                .toList();
        return new Precheck(conflicts, examples.warnings(spec, base));
    }

    /** @param forkedGroups layer groups of the run that is forked, whose evaluations other groups couldn't reuse */
    private record Named(
            BaseModelRecord baseModel,
            List<RunCandidate> candidates,
            Optional<String> tooLarge,
            Optional<LayerGroups> forkedGroups) {}

    /**
     * Checks a request. Must precede the transaction that queues the run, because it may have to fetch the tokenizer.
     */
    Checked check(RunRequest request) {
        RunSpec spec = request.spec();
        List<FieldError> causes = new ArrayList<>();
        title(request.title(), request.fork().isEmpty() || request.title() != null, causes);
        text("description", request.description(), DESCRIPTION, false, causes);
        List<FieldError> ofExamples = examples.texts(spec);
        causes.addAll(ofExamples);
        search.settings(spec, causes);
        Named named = QuarkusTransaction.joiningExisting().call(() -> named(request, causes));
        List<FieldError> ofPrompt = prompts.texts(spec);
        if (named.baseModel != null && ofPrompt.isEmpty()) {
            PromptValidator.Checked checked = prompts.check(spec, named.baseModel);
            spec = checked.spec();
            ofPrompt = checked.faults();
            SearchValidator.groups(spec, named.baseModel, causes);
        }
        if (causes.isEmpty() && spec.groups() == LayerGroups.AUTO) {
            spec = spec.withGroups(named.forkedGroups.orElse(
                    spec.settings().chosenFor(named.candidates.size()).layers()));
        }
        causes.addAll(ofPrompt);
        ExampleValidator.Tokens tokens = named.baseModel == null || !ofExamples.isEmpty() || !ofPrompt.isEmpty()
                ? ExampleValidator.Tokens.UNKNOWN
                : examples.tokens(spec, named.baseModel);
        causes.addAll(tokens.faults());
        if (causes.isEmpty() && request.faults().isEmpty()) {
            named.tooLarge.ifPresent(why -> causes.add(new FieldError("candidates", why)));
        }
        return new Checked(spec, named.baseModel, named.candidates, tokens.warnings(), together(request, causes));
    }

    /** Combines all errors; a field that could not be read is not also reported as missing or out of range. */
    private static List<FieldError> together(RunRequest request, List<FieldError> causes) {
        Set<String> unread =
                request.faults().stream().map(FieldError::field).collect(Collectors.toCollection(HashSet::new));
        boolean noExamples = request.spec().examples().isEmpty();
        if (noExamples && (unread.contains("pasted") || unread.contains("file"))) unread.add("examples");
        List<FieldError> all = new ArrayList<>(request.faults());
        causes.stream().filter(cause -> !unread.contains(cause.field())).forEach(all::add);
        return all;
    }

    private Named named(RunRequest request, List<FieldError> causes) {
        if (request.fork().isPresent()) return fork(request, request.fork().get(), causes);
        List<AdapterVersion> versions = candidates.named(request.candidates(), causes);
        BaseModelRecord base = CandidateValidator.baseModel(request.baseModel(), versions, causes);
        return named(
                request.spec(), base, versions.stream().map(RunCandidate::of).toList(), versions, Optional.empty());
    }

    private Named fork(RunRequest request, RunRequest.Fork fork, List<FieldError> causes) {
        CompositionRun from = CompositionRun.<CompositionRun>findByIdOptional(fork.run())
                .orElseThrow(() -> ProblemException.notFound("run"));
        causes.addAll(candidates.unseen(from.candidates));
        if (!request.candidates().isEmpty() && !CandidateValidator.areThose(request.candidates(), from.candidates)) {
            causes.add(
                    new FieldError(
                            "candidates",
                            "A fork uses the candidates of the run that it is forked from. Leave them out, or start a new run."));
        }
        if (request.baseModel()
                .filter(name -> !name.equals(from.baseModel.name))
                .isPresent()) {
            causes.add(new FieldError(
                    "base_model", "A fork uses the base model %s; leave it out.".formatted(from.baseModel.name)));
        }
        long known = RunEvaluation.count("id.runId", from.id);
        if (fork.evaluations() < 0 || fork.evaluations() > known) {
            causes.add(new FieldError("fork_evaluations", "The run has %,d points.".formatted(known)));
        }
        return named(
                request.spec(),
                from.baseModel,
                List.copyOf(from.candidates),
                from.versions(),
                Optional.of(from.spec.groups()));
    }

    private Named named(
            RunSpec spec,
            BaseModelRecord base,
            List<RunCandidate> candidates,
            List<AdapterVersion> versions,
            Optional<LayerGroups> forkedGroups) {
        if (base == null) return new Named(null, candidates, Optional.empty(), forkedGroups);
        base.files.size(); // loads the files for later use
        return new Named(base, candidates, tooLarge(spec, base, versions), forkedGroups);
    }

    /** Keeps versions from being deleted until the transaction ends; returns whether all still exist. */
    boolean lockAgainstDeletion(List<AdapterVersion> versions) {
        Set<Long> ids = versions.stream().map(version -> version.id).collect(Collectors.toSet());
        return AdapterVersion.getEntityManager()
                        .createNativeQuery(
                                "select id from adapter_version where id in (:ids) order by id for key share",
                                Long.class)
                        .setParameter("ids", ids)
                        .getResultList()
                        .size()
                == ids.size();
    }

    /** The memory that a run needs. */
    public static RunMemory memory(RunSpec spec, BaseModelRecord base, List<AdapterVersion> candidates) {
        long factors = candidates.stream()
                .mapToLong(version -> new AdapterFacts(version.facts).parameters())
                .sum();
        return RunMemory.of(base.parameters, spec.dtype(), factors);
    }

    /** Why no worker has enough memory for the run, which would then fail when taken; empty if one has. */
    public Optional<String> tooLarge(RunSpec spec, BaseModelRecord base, List<AdapterVersion> candidates) {
        List<WorkerRecord> workers = WorkerRecord.seen(clock.now());
        RunMemory needed = memory(spec, base, candidates);
        if (workers.isEmpty() || workers.stream().anyMatch(worker -> worker.fits(needed))) return Optional.empty();
        return Optional.of(
                "This run needs %s, which no worker of this hub has. Pick fewer candidates or a smaller base model."
                        .formatted(needed.sentence()));
    }

    private static void title(String title, boolean needed, List<FieldError> causes) {
        int before = causes.size();
        text("title", title, TITLE, needed, causes);
        if (causes.size() > before || title == null) return;
        SingleLineText.fault(title.strip()).ifPresent(fault -> causes.add(new FieldError("title", fault)));
    }

    private static void text(String field, String text, int limit, boolean needed, List<FieldError> causes) {
        String written = text == null ? "" : text.strip();
        if (needed && written.isEmpty()) causes.add(new FieldError(field, "Give it a title, to find it again later."));
        if (!ExampleValidator.isText(written)) {
            causes.add(new FieldError(field, "Remove the half character (a lone surrogate) or the null character."));
        }
        if (written.length() > limit)
            causes.add(new FieldError(field, "Write at most %,d characters.".formatted(limit)));
    }
}
