package io.lorahub.composition.request;

import io.lorahub.adapter.AdapterFacts;
import io.lorahub.adapter.AdapterVersion;
import io.lorahub.basemodel.BaseModelRecord;
import io.lorahub.composition.CompositionConfig;
import io.lorahub.composition.CompositionRun;
import io.lorahub.composition.RunCandidate;
import io.lorahub.composition.RunEvaluation;
import io.lorahub.composition.RunObjective;
import io.lorahub.composition.RunSpec;
import io.lorahub.composition.queue.WorkerRecord;
import io.lorahub.engine.error.EngineException;
import io.lorahub.engine.learning.LearningSettings;
import io.lorahub.engine.learning.RunMemory;
import io.lorahub.engine.model.ComposedWeights;
import io.lorahub.engine.model.LayerGroups;
import io.lorahub.engine.names.EnumNames;
import io.lorahub.engine.optimize.strategy.Strategy;
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

    private final CompositionConfig limits;
    private final CandidateValidator candidates;
    private final ExampleValidator examples;
    private final PromptValidator prompts;
    private final DatabaseClock clock;

    RunValidator(
            CompositionConfig limits,
            CandidateValidator candidates,
            ExampleValidator examples,
            PromptValidator prompts,
            DatabaseClock clock) {
        this.limits = limits;
        this.candidates = candidates;
        this.examples = examples;
        this.prompts = prompts;
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
        settings(spec, causes);
        strategy(spec, causes);
        Named named = QuarkusTransaction.joiningExisting().call(() -> named(request, causes));
        List<FieldError> ofPrompt = prompts.texts(spec);
        if (named.baseModel != null && ofPrompt.isEmpty()) {
            PromptValidator.Checked checked = prompts.check(spec, named.baseModel);
            spec = checked.spec();
            ofPrompt = checked.faults();
            groups(spec, named.baseModel, causes);
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
            causes.add(new FieldError("fork_evaluations", "The run has %,d evaluations.".formatted(known)));
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
    boolean keep(List<AdapterVersion> versions) {
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

    /** @param spec with the prompt format that its model has; an encoder-decoder model has none */
    private static void groups(RunSpec spec, BaseModelRecord base, List<FieldError> causes) {
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
                Optional.ofNullable(spec.strategy()).filter(name -> !name.isBlank()),
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

    private void settings(RunSpec spec, List<FieldError> causes) {
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
        if (strategy != null && !strategy.isBlank() && !Strategy.names().contains(strategy)) {
            causes.add(new FieldError("strategy", oneOf(Strategy.names(), strategy)));
        }
        weights(spec, causes);
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
}
