package io.lorahub.composition;

import io.lorahub.adapter.AdapterFacts;
import io.lorahub.adapter.AdapterVersion;
import io.lorahub.basemodel.BaseModelRecord;
import io.lorahub.engine.EngineException;
import io.lorahub.engine.learning.LearningSettings;
import io.lorahub.engine.learning.Objectives;
import io.lorahub.engine.learning.RunMemory;
import io.lorahub.engine.model.Precision;
import io.lorahub.engine.optimize.Strategy;
import io.lorahub.storage.DatabaseClock;
import io.lorahub.web.FieldError;
import io.lorahub.web.SingleLineText;
import io.quarkus.narayana.jta.QuarkusTransaction;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/** Finds everything that is wrong with a request, and what it names. */
@ApplicationScoped
public class RunValidator {

    static final int TITLE = 100;
    static final int DESCRIPTION = 4000;

    private static final Duration WORKER_SEEN = Duration.ofMinutes(1);

    private final CompositionConfig limits;
    private final CandidateValidator candidates;
    private final ExampleValidator examples;
    private final DatabaseClock clock;

    RunValidator(
            CompositionConfig limits, CandidateValidator candidates, ExampleValidator examples, DatabaseClock clock) {
        this.limits = limits;
        this.candidates = candidates;
        this.examples = examples;
        this.clock = clock;
    }

    /**
     * @param baseModel null where it is wrong
     * @param causes    all faults; empty where there are none
     */
    public record Checked(BaseModelRecord baseModel, List<AdapterVersion> candidates, List<FieldError> causes) {}

    /** What the tokenizer says to a request. It comes before the transaction that queues the run, and holds nobody up. */
    ExampleValidator.Tokens tokens(RunRequest request) {
        List<FieldError> none = new ArrayList<>();
        Supplier<BaseModelRecord> base = () ->
                CandidateValidator.baseModel(request.baseModel(), candidates.named(request.candidates(), none), none);
        return examples.tokens(request.spec(), base(base));
    }

    ExampleValidator.Tokens tokens(RunRequest request, UUID from) {
        return examples.tokens(
                request.spec(),
                base(() -> CompositionRun.<CompositionRun>findByIdOptional(from)
                        .map(run -> run.baseModel)
                        .orElse(null)));
    }

    private static Optional<BaseModelRecord> base(Supplier<BaseModelRecord> find) {
        return QuarkusTransaction.joiningExisting().call(() -> {
            Optional<BaseModelRecord> base = Optional.ofNullable(find.get());
            base.ifPresent(found -> found.files.size()); // read for later
            return base;
        });
    }

    public Checked check(RunRequest request) {
        return check(request, tokens(request));
    }

    Checked check(RunRequest request, ExampleValidator.Tokens tokens) {
        List<FieldError> causes = new ArrayList<>(request.faults());
        title(request.title(), true, causes);
        text("description", request.description(), DESCRIPTION, false, causes);
        List<FieldError> ofExamples = examples.texts(request.spec());
        causes.addAll(ofExamples);
        settings(request.spec(), causes);
        strategy(request.spec(), causes);
        List<AdapterVersion> named = candidates.named(request.candidates(), causes);
        BaseModelRecord base = CandidateValidator.baseModel(request.baseModel(), named, causes);
        if (base != null && ofExamples.isEmpty()) causes.addAll(tokens.faults());
        if (base != null && causes.isEmpty()) {
            tooLarge(request.spec(), base, named).ifPresent(why -> causes.add(new FieldError("candidates", why)));
        }
        return new Checked(base, named, causes);
    }

    /** Keeps versions from being deleted until the transaction ends. Whether all are still there. */
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

    /** What a run needs; empty where it names no precision that there is. */
    static Optional<RunMemory> memory(RunSpec spec, BaseModelRecord base, List<AdapterVersion> candidates) {
        long factors = candidates.stream()
                .mapToLong(version -> new AdapterFacts(version.facts).parameters())
                .sum();
        return Arrays.stream(Precision.values())
                .filter(precision -> precision.name().equalsIgnoreCase(spec.dtype()))
                .findFirst()
                .map(precision -> RunMemory.of(base.parameters, precision, factors));
    }

    /** A run that no worker has the memory for would fail when it is taken. */
    Optional<String> tooLarge(RunSpec spec, BaseModelRecord base, List<AdapterVersion> candidates) {
        List<WorkerRecord> workers =
                WorkerRecord.list("seenAt > ?1", clock.now().minus(WORKER_SEEN));
        return memory(spec, base, candidates)
                .filter(needed -> !workers.isEmpty()
                        && workers.stream().allMatch(w -> w.isOnCpu() && !needed.fitsWorker(w.memory, w.slots)))
                .map(needed ->
                        "This run needs %s, which no worker of this hub has. Pick fewer candidates or a smaller base model."
                                .formatted(needed.sentence()));
    }

    /** What is wrong with a request for a run that takes base model and candidates from another one. */
    List<FieldError> fork(RunRequest request, CompositionRun from, ExampleValidator.Tokens tokens) {
        List<FieldError> causes = new ArrayList<>(request.faults());
        title(request.title(), false, causes);
        text("description", request.description(), DESCRIPTION, false, causes);
        List<FieldError> ofExamples = examples.texts(request.spec());
        causes.addAll(ofExamples);
        settings(request.spec(), causes);
        strategy(request.spec(), causes);
        causes.addAll(candidates.unseen(from.candidates));
        if (!request.candidates().isEmpty() && !CandidateValidator.areThose(request.candidates(), from.candidates)) {
            causes.add(
                    new FieldError(
                            "candidates",
                            "A fork has the candidates of the run that it is forked from; leave them out, or start a run of its own."));
        }
        if (request.baseModel()
                .filter(name -> !name.equals(from.baseModel.name))
                .isPresent()) {
            causes.add(new FieldError(
                    "base_model", "A fork has the base model %s; leave it out.".formatted(from.baseModel.name)));
        }
        if (ofExamples.isEmpty()) causes.addAll(tokens.faults());
        if (causes.isEmpty()) {
            tooLarge(request.spec(), from.baseModel, from.versions())
                    .ifPresent(why -> causes.add(new FieldError("candidates", why)));
        }
        return causes;
    }

    private static void strategy(RunSpec spec, List<FieldError> causes) {
        if (!Strategy.needsGradients(spec.strategy()) || !Objectives.NAMES.contains(spec.objective())) return;
        if (!Objectives.named(spec.objective(), 0).isMeanTokenLoss()) {
            causes.add(new FieldError(
                    "strategy",
                    "The strategy %s needs gradients, which the objective %s does not have; choose another of the two."
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
            causes.add(new FieldError(
                    field, "Take out the half of a character (a lone surrogate) or the null character."));
        }
        if (written.length() > limit)
            causes.add(new FieldError(field, "Write at most %,d characters.".formatted(limit)));
    }

    /** What is wrong with the settings alone. */
    List<FieldError> settings(RunSpec spec) {
        List<FieldError> causes = new ArrayList<>();
        settings(spec, causes);
        return causes;
    }

    private void settings(RunSpec spec, List<FieldError> causes) {
        if (spec.budget() < 1 || spec.budget() > limits.budget()) {
            causes.add(new FieldError("budget", "The budget is 1 to %,d evaluations.".formatted(limits.budget())));
        }
        if (spec.maxNewTokens() < 1 || spec.maxNewTokens() > 512) {
            causes.add(new FieldError("max_new_tokens", "A prediction has 1 to 512 tokens."));
        }
        oneOf("dtype", spec.dtype(), words(Precision.values()), causes);
        oneOf("composition", spec.composition(), List.of("exact", "factor"), causes);
        oneOf("objective", spec.objective(), Objectives.NAMES, causes);
        if (spec.strategy() != null && !spec.strategy().isBlank()) {
            oneOf("strategy", spec.strategy(), Strategy.names(), causes);
        }
        weights(spec, causes);
    }

    /** The bounds and the preference for few, each by itself, as the engine checks them ({@link LearningSettings}). */
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

    private static List<String> words(Enum<?>[] values) {
        return Arrays.stream(values).map(v -> v.name().toLowerCase(Locale.ROOT)).toList();
    }

    private static void oneOf(String field, String value, List<String> allowed, List<FieldError> causes) {
        if (!allowed.contains(value)) {
            causes.add(new FieldError(field, "Use one of %s (got “%s”).".formatted(String.join(", ", allowed), value)));
        }
    }
}
