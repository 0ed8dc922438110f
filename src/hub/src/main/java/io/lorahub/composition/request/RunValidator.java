package io.lorahub.composition.request;

import io.lorahub.adapter.Adapter;
import io.lorahub.adapter.AdapterAddress;
import io.lorahub.adapter.AdapterFacts;
import io.lorahub.adapter.AdapterRights;
import io.lorahub.adapter.AdapterVersion;
import io.lorahub.adapter.Layer;
import io.lorahub.basemodel.BaseModelRecord;
import io.lorahub.composition.CompositionConfig;
import io.lorahub.composition.CompositionRun;
import io.lorahub.composition.RunCandidate;
import io.lorahub.composition.RunEvaluation;
import io.lorahub.composition.RunSettings;
import io.lorahub.composition.RunSpec;
import io.lorahub.composition.queue.WorkerRecord;
import io.lorahub.engine.learning.LearningSettings;
import io.lorahub.engine.learning.RunMemory;
import io.lorahub.engine.model.LayerGroups;
import io.lorahub.engine.optimize.SearchSettings;
import io.lorahub.engine.optimize.strategy.Strategy;
import io.lorahub.engine.setting.SearchSetting;
import io.lorahub.storage.DatabaseClock;
import io.lorahub.web.FieldError;
import io.lorahub.web.ProblemException;
import io.lorahub.web.SingleLineText;
import io.quarkus.narayana.jta.QuarkusTransaction;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** Finds all errors in a request, and looks up the base model and candidates that it names. */
@ApplicationScoped
public class RunValidator {

    static final int TITLE = 100;
    static final int DESCRIPTION = 4000;

    private final CompositionConfig limits;
    private final AdapterRights rights;
    private final PromptValidator prompts;
    private final DatabaseClock clock;

    RunValidator(CompositionConfig limits, AdapterRights rights, PromptValidator prompts, DatabaseClock clock) {
        this.limits = limits;
        this.rights = rights;
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
        settings(spec, causes);
        base.ifPresent(model -> groups(spec, model, causes));
        List<String> conflicts = causes.stream()
                .filter(cause -> !cause.field().equals("budget")) // which the form checks beside its field
                .map(FieldError::message)
                .toList();
        return new Precheck(conflicts, prompts.warnings(spec, base));
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
        title(request.titled(), causes);
        text("description", request.description(), DESCRIPTION, causes);
        List<FieldError> ofExamples = prompts.exampleTexts(spec);
        causes.addAll(ofExamples);
        settings(spec, causes);
        Named named = QuarkusTransaction.joiningExisting().call(() -> named(request, causes));
        List<FieldError> ofPrompt = prompts.promptTexts(spec);
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
        PromptValidator.Tokens tokens = named.baseModel == null || !ofExamples.isEmpty() || !ofPrompt.isEmpty()
                ? PromptValidator.Tokens.UNKNOWN
                : prompts.tokens(spec, named.baseModel);
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
        List<AdapterVersion> versions = candidates(request.candidates(), causes);
        BaseModelRecord base = baseModel(request.baseModel(), versions, causes);
        return named(
                request.spec(), base, versions.stream().map(RunCandidate::of).toList(), versions, Optional.empty());
    }

    private Named fork(RunRequest request, RunRequest.Fork fork, List<FieldError> causes) {
        CompositionRun from = CompositionRun.<CompositionRun>findByIdOptional(fork.run())
                .orElseThrow(() -> ProblemException.notFound("run"));
        causes.addAll(unseen(from.candidates));
        if (!request.candidates().isEmpty() && !areThose(request.candidates(), from.candidates)) {
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
                .mapToLong(version -> version.summary().parameters())
                .sum();
        return memory(spec, base, factors);
    }

    /** @param factors number of values in all candidates together */
    public static RunMemory memory(RunSpec spec, BaseModelRecord base, long factors) {
        RunMemory memory = RunMemory.of(base.parameters, spec.dtype(), factors);
        return spec.refineSteps() > 0 ? memory.refining() : memory;
    }

    /** Why no worker has enough memory for the run, which would then fail when taken; empty if one has. */
    public Optional<String> tooLarge(RunSpec spec, BaseModelRecord base, List<AdapterVersion> candidates) {
        return tooLarge(memory(spec, base, candidates));
    }

    /** The same for a run that needs so much memory. */
    public Optional<String> tooLarge(RunMemory needed) {
        List<WorkerRecord> workers = WorkerRecord.seen(clock.now());
        if (workers.isEmpty() || workers.stream().anyMatch(worker -> worker.fits(needed))) return Optional.empty();
        return Optional.of(
                "This run needs %s, which no worker of this hub has. Pick fewer candidates or a smaller base model."
                        .formatted(needed.sentence()));
    }

    /** It is empty only if there are no examples, which is an error of theirs. */
    private static void title(String title, List<FieldError> causes) {
        int before = causes.size();
        text("title", title, TITLE, causes);
        if (causes.size() > before || title == null) return;
        SingleLineText.fault(title.strip()).ifPresent(fault -> causes.add(new FieldError("title", fault)));
    }

    private static void text(String field, String text, int limit, List<FieldError> causes) {
        String written = text == null ? "" : text.strip();
        if (!PromptValidator.isText(written)) {
            causes.add(new FieldError(field, "Remove the half character (a lone surrogate) or the null character."));
        }
        if (written.length() > limit)
            causes.add(new FieldError(field, "Write at most %,d characters.".formatted(limit)));
    }

    /**
     * The versions that the addresses name.
     *
     * @param causes receives the errors found
     */
    public List<AdapterVersion> candidates(List<String> addresses, List<FieldError> causes) {
        if (addresses.isEmpty()) {
            causes.add(new FieldError("candidates", "Pick at least one adapter; five to twenty work best."));
        }
        Optional<String> tooMany = tooMany(addresses.size());
        if (tooMany.isPresent()) {
            causes.add(new FieldError("candidates", tooMany.get()));
            return List.of();
        }
        Map<String, AdapterVersion> visible = visible(addresses);
        List<AdapterVersion> versions = new ArrayList<>();
        Set<Long> seen = new HashSet<>();
        for (String address : addresses) {
            Optional<AdapterVersion> version = Optional.ofNullable(visible.get(address));
            if (version.isEmpty()) {
                causes.add(new FieldError("candidates", "There is no adapter %s.".formatted(address)));
            } else if (!seen.add(version.get().adapter.id)) {
                causes.add(new FieldError(
                        "candidates",
                        "%s is picked twice.".formatted(version.get().adapter.address())));
            } else {
                versions.add(version.get());
            }
        }
        replaced(versions).ifPresent(why -> causes.add(new FieldError("candidates", why)));
        return versions;
    }

    /** Why the adapters can't be mixed because of modules that they replace as a whole. */
    private static Optional<String> replaced(List<AdapterVersion> versions) {
        List<AdapterVersion> replacing = versions.stream()
                .filter(version -> !version.summary().replacedModules().isEmpty())
                .toList();
        if (replacing.isEmpty()) return Optional.empty();
        AdapterVersion first = replacing.get(0);
        List<String> modules = first.summary().replacedModules();
        if (replacing.size() > 1) {
            AdapterVersion second = replacing.get(1);
            return Optional.of(
                    "%s and %s both replace whole modules of the base model (%s; %s), and at most one adapter of a mix can. Leave one of them out."
                            .formatted(
                                    first.adapter.address(),
                                    second.adapter.address(),
                                    String.join(", ", modules),
                                    String.join(", ", second.summary().replacedModules())));
        }
        return versions.stream()
                .flatMap(version -> new AdapterFacts(version.facts)
                        .layers().stream()
                                .map(Layer::module)
                                .filter(modules::contains)
                                .map(module ->
                                        "%s replaces %s as a whole, and %s has LoRA factors for it, which PEFT can't load together. Leave one of them out."
                                                .formatted(first.adapter.address(), module, version.adapter.address())))
                .findFirst();
    }

    /** Why so many adapters can't be mixed; empty if they can. Ask this before they are looked up. */
    public Optional<String> tooMany(int adapters) {
        if (adapters <= limits.candidates()) return Optional.empty();
        return Optional.of("These are %d adapters; at most %d are allowed.".formatted(adapters, limits.candidates()));
    }

    /** The versions that the viewer can see, by their addresses as given; the same few queries for any number of them. */
    public Map<String, AdapterVersion> visible(Collection<String> addresses) {
        Map<String, AdapterAddress> named = new HashMap<>();
        for (String address : addresses) AdapterAddress.find(address).ifPresent(found -> named.put(address, found));
        List<Adapter> adapters = Adapter.at(
                        named.values().stream().map(AdapterAddress::toString).toList())
                .stream()
                .filter(rights::maySee)
                .toList();
        if (adapters.isEmpty()) return Map.of();
        Map<String, AdapterVersion> versions = new HashMap<>();
        AdapterVersion.newestOf(adapters).forEach(version -> versions.put(version.adapter.address(), version));
        Set<String> labels = named.values().stream()
                .flatMap(address -> address.version().stream())
                .collect(Collectors.toSet());
        if (!labels.isEmpty()) {
            AdapterVersion.of(adapters, labels)
                    .forEach(version -> versions.put(version.adapter.address() + "@" + version.label, version));
        }
        Map<String, AdapterVersion> visible = new HashMap<>();
        named.forEach((text, address) -> {
            String version = address.version().map(label -> "@" + label).orElse("");
            AdapterVersion found = versions.get(address.toString().toLowerCase(Locale.ROOT) + version);
            if (found != null) visible.put(text, found);
        });
        return visible;
    }

    /**
     * The requested base model, else that of the candidates.
     *
     * @param causes receives the errors found
     * @return null if it is invalid or unknown
     */
    public static BaseModelRecord baseModel(
            Optional<String> asked, List<AdapterVersion> candidates, List<FieldError> causes) {
        List<String> named =
                candidates.stream().map(v -> v.adapter.baseModel).distinct().toList();
        if (named.size() > 1) {
            causes.add(new FieldError(
                    "candidates",
                    "Only adapters for the same base model can be combined; these were trained on %s."
                            .formatted(String.join(" and ", named))));
            return null;
        }
        Optional<String> name =
                asked.filter(n -> !n.isBlank()).or(() -> named.stream().findFirst());
        if (name.isEmpty()) return null;
        if (!named.isEmpty() && !named.get(0).equals(name.get())) {
            causes.add(new FieldError(
                    "base_model", "The candidates were trained on %s, not on %s.".formatted(named.get(0), name.get())));
            return null;
        }
        Optional<BaseModelRecord> base = BaseModelRecord.named(name.get());
        if (base.isEmpty()) {
            causes.add(new FieldError(
                    "base_model",
                    "The base model %s is not registered on this hub; an admin can register it."
                            .formatted(name.get())));
        }
        return base.orElse(null);
    }

    /**
     * Errors for another run's candidates that the viewer must not use: sharing a run does not share its private
     * adapters.
     */
    List<FieldError> unseen(List<RunCandidate> candidates) {
        return candidates.stream()
                .filter(candidate -> candidate.isDeleted() || !rights.maySee(candidate.version().adapter))
                .map(candidate -> new FieldError(
                        "candidates",
                        "You can no longer use the adapter %s. Start a run without it.".formatted(candidate.address())))
                .toList();
    }

    /** Whether these addresses, with or without versions, name these versions in this order. */
    public static boolean areThose(List<String> addresses, List<RunCandidate> candidates) {
        if (addresses.size() != candidates.size()) return false;
        for (int i = 0; i < addresses.size(); i++) {
            RunCandidate candidate = candidates.get(i);
            if (!List.of(candidate.address(), candidate.addressWithVersion()).contains(addresses.get(i))) return false;
        }
        return true;
    }

    /** Checks everything but the layer groups, which depend on the base model. */
    private void settings(RunSpec spec, List<FieldError> causes) {
        if (spec.budget() < 1 || spec.budget() > limits.budget()) {
            causes.add(new FieldError("budget", "The budget is 1 to %,d evaluations.".formatted(limits.budget())));
        }
        RunSettings.faults(spec.search()).stream()
                .filter(fault ->
                        fault.setting() != SearchSettings.BUDGET && fault.setting() != LearningSettings.LAYER_GROUPS)
                .map(RunValidator::cause)
                .forEach(causes::add);
        strategy(spec, causes);
    }

    private static FieldError cause(SearchSetting.Fault fault) {
        return new FieldError(fault.setting().name(), fault.advice());
    }

    /** @param spec with the prompt format that its model has; an encoder-decoder model has none */
    private static void groups(RunSpec spec, BaseModelRecord base, List<FieldError> causes) {
        if (spec.groups().size() == 1) return;
        if (spec.groups() == LayerGroups.STACKS && spec.prompt() != null) {
            causes.add(new FieldError(
                    "layer_groups",
                    "%s has no encoder, so there are no stacks to tell apart; use thirds.".formatted(base.name)));
        }
        LearningSettings.faults(spec.search()).stream()
                .filter(fault -> fault.setting() == LearningSettings.LAYER_GROUPS)
                .map(RunValidator::cause)
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
