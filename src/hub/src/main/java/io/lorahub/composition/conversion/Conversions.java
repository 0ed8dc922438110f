package io.lorahub.composition.conversion;

import io.lorahub.adapter.AdapterVersion;
import io.lorahub.basemodel.BaseModelRecord;
import io.lorahub.composition.CompositionRun;
import io.lorahub.composition.RunOwner;
import io.lorahub.composition.RunResult;
import io.lorahub.composition.RunResults;
import io.lorahub.composition.task.TaskRequest;
import io.lorahub.composition.task.TaskResult;
import io.lorahub.composition.task.WorkerTask;
import io.lorahub.composition.task.WorkerTasks;
import io.lorahub.engine.error.EngineException;
import io.lorahub.engine.preset.ExportPreset;
import io.lorahub.storage.DatabaseClock;
import io.lorahub.web.ProblemException;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.persistence.EntityManager;
import jakarta.transaction.Transactional;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/** Files of adapters for other programs. */
@ApplicationScoped
public class Conversions {

    private static final String FIND = """
            select id from worker_task
             where question ->> 'kind' = 'convert' and question ->> '%s' = :source and expires_at > now()
             order by created_at desc limit 50""";

    private final WorkerTasks tasks;
    private final EntityManager database;
    private final DatabaseClock clock;
    private final RunResults results;

    Conversions(WorkerTasks tasks, RunResults results, EntityManager database, DatabaseClock clock) {
        this.tasks = tasks;
        this.results = results;
        this.database = database;
        this.clock = clock;
    }

    /**
     * The files for a program.
     *
     * @param result  null until they are made
     * @param left    time until they are swept
     */
    public record Made(WorkerTask task, ExportPreset preset, TaskResult.Convert result, Duration left) {

        /** @param program a name of the program */
        public boolean isFor(String program) {
            return preset.id().equals(program);
        }
    }

    /** The newest files of a version for each program. */
    @Transactional
    public List<Made> of(AdapterVersion version) {
        return newest("version", Long.toString(version.id));
    }

    /** The newest files of a run's result for each program. */
    @Transactional
    public List<Made> of(CompositionRun run) {
        return newest("run", run.id.toString());
    }

    private List<Made> newest(String source, String id) {
        List<UUID> ids = database.createNativeQuery(FIND.formatted(source), UUID.class)
                .setParameter("source", id)
                .getResultList();
        List<Made> all =
                ids.stream().map(task -> made(WorkerTask.findById(task))).toList();
        return Arrays.stream(ExportPreset.values())
                .flatMap(preset -> all.stream().filter(made -> made.preset() == preset).findFirst().stream())
                .toList();
    }

    private Made made(WorkerTask task) {
        return new Made(
                task,
                ExportPreset.named(
                        task.question(TaskRequest.Convert.class).orElseThrow().program()),
                tasks.answer(task)
                        .filter(TaskResult.Convert.class::isInstance)
                        .map(TaskResult.Convert.class::cast)
                        .orElse(null),
                Duration.between(clock.now(), task.expiresAt));
    }

    /**
     * Requests the files of a version, unless they are there or being made.
     *
     * @throws ProblemException if the program can't serve the adapter, as far as that is known without its files
     */
    @Transactional
    public UUID make(RunOwner owner, AdapterVersion version, ExportPreset preset) {
        Optional<BaseModelRecord> base = BaseModelRecord.named(version.adapter.baseModel);
        if (base.isEmpty() && preset.needsBase()) {
            throw ProblemException.invalid(
                    "for",
                    "%s needs config.json of the base model %s, which isn't registered on this hub. An administrator can register it."
                            .formatted(preset.title(), version.adapter.baseModel));
        }
        base.ifPresent(b -> requireServed(preset, b.modelType));
        List<String> replaced = version.summary().replacedModules();
        if (preset != ExportPreset.PEFT && !replaced.isEmpty()) {
            throw onlyPeft("adapter", replaced, "Make a full model of it: lorahub merge --fused.");
        }
        return there(of(version), preset)
                .orElseGet(() -> tasks.ask(owner, new TaskRequest.Convert(null, version.id, preset.id())));
    }

    /** The same for a run's result. */
    @Transactional
    public UUID make(RunOwner owner, CompositionRun run, ExportPreset preset) {
        requireServed(preset, run.baseModel.modelType);
        if (preset != ExportPreset.PEFT && run.result != null) {
            results.of(run).replacing(run).map(RunResult::replaced).ifPresent(replaced -> {
                throw onlyPeft("mix", replaced, "Create the full model on the result's page.");
            });
        }
        return there(of(run), preset)
                .orElseGet(() -> tasks.ask(owner, new TaskRequest.Convert(run.id, null, preset.id())));
    }

    private static ProblemException onlyPeft(String what, List<String> replaced, String instead) {
        return ProblemException.invalid(
                "for",
                "The %s replaces %s of the base model as a whole (modules_to_save), which only PEFT loads. %s"
                        .formatted(what, String.join(", ", replaced), instead));
    }

    private static Optional<UUID> there(List<Made> all, ExportPreset preset) {
        return all.stream()
                .filter(made -> made.preset() == preset && made.task().failure == null)
                .findFirst()
                .map(made -> made.task().id);
    }

    /** The task with its files; empty if it isn't answered, or has expired. */
    @Transactional
    public static Optional<WorkerTask> files(UUID id) {
        Optional<WorkerTask> task = WorkerTask.<WorkerTask>findByIdOptional(id)
                .filter(t -> t.state == WorkerTask.State.ANSWERED && !t.files.isEmpty());
        task.ifPresent(t -> t.files.size());
        return task;
    }

    /** @throws ProblemException if there is no such program */
    public static ExportPreset program(Optional<String> name) {
        String preset = name.filter(text -> !text.isBlank())
                .orElseThrow(() -> ProblemException.invalid(
                        "for", "Name the program: one of %s.".formatted(String.join(", ", ExportPreset.ids()))));
        try {
            return ExportPreset.named(preset);
        } catch (EngineException e) {
            throw ProblemException.invalid(
                    "for",
                    "Use one of %s (got \"%s\").".formatted(String.join(", ", ExportPreset.ids()), shown(preset)));
        }
    }

    private static String shown(String text) {
        return text.length() <= 40 ? text : text.substring(0, 40) + "…";
    }

    private static void requireServed(ExportPreset preset, String family) {
        if (!preset.serves(family)) {
            throw ProblemException.invalid(
                    "for",
                    "%s loads no adapters for models of the family %s; it does for %s."
                            .formatted(preset.title(), family, String.join(", ", preset.families())));
        }
    }
}
