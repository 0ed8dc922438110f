package io.lorahub.composition.conversion;

import io.lorahub.account.Secret;
import io.lorahub.adapter.AdapterVersion;
import io.lorahub.adapter.Adapters;
import io.lorahub.composition.CompositionRun;
import io.lorahub.composition.RunOwner;
import io.lorahub.composition.RunRights;
import io.lorahub.composition.VisitorCookie;
import io.lorahub.composition.task.TaskResult;
import io.lorahub.composition.task.WorkerTasks;
import io.lorahub.engine.preset.ExportPreset;
import io.lorahub.web.ProblemException;
import io.quarkus.narayana.jta.QuarkusTransaction;
import jakarta.enterprise.context.RequestScoped;
import java.time.Duration;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Function;

/** What programs ask for in one request: files are made, if they aren't there, and awaited for some seconds. */
@RequestScoped
public class ConversionRequests {

    /** A request holds a thread that long; most files are made within it. */
    private static final Duration PATIENCE = Duration.ofSeconds(3);

    private static final Duration AGAIN = Duration.ofSeconds(2);

    private final Adapters adapters;
    private final RunRights rights;
    private final Conversions conversions;
    private final WorkerTasks tasks;

    ConversionRequests(Adapters adapters, RunRights rights, Conversions conversions, WorkerTasks tasks) {
        this.adapters = adapters;
        this.rights = rights;
        this.conversions = conversions;
        this.tasks = tasks;
    }

    /** The files of a task, and what was done to the adapter. */
    public record Ready(UUID task, TaskResult.Convert result) {}

    /**
     * The files of a version that the viewer can see.
     *
     * @throws ProblemException if they can't be made, or aren't ready yet
     */
    public Ready version(String publisher, String name, String label, Optional<String> program) {
        return await(QuarkusTransaction.requiringNew().call(() -> {
            AdapterVersion version = adapters.version(adapters.visible(publisher, name), label);
            ExportPreset preset = Conversions.program(program);
            return asking(owner -> conversions.make(owner, version, preset));
        }));
    }

    /** The same for the result of a run that the viewer can see. */
    public Ready run(String id, Optional<String> program) {
        return await(QuarkusTransaction.requiringNew().call(() -> {
            CompositionRun run = rights.visible(id);
            ExportPreset preset = Conversions.program(program);
            return asking(owner -> conversions.make(owner, run, preset));
        }));
    }

    /** A visitor without a cookie isn't known again; the limits hold for their network address. */
    private UUID asking(Function<RunOwner, UUID> ask) {
        Optional<RunOwner> owner = rights.owner();
        rights.requireMayCompute("convert adapters");
        return ask.apply(owner.orElseGet(() -> RunOwner.visitor(VisitorCookie.hash(Secret.random("")))));
    }

    private Ready await(UUID task) {
        TaskResult answer = tasks.await(task, PATIENCE)
                .orElseThrow(() -> ProblemException.unavailable(
                        "The files are being made. Send the same request again in a moment.", AGAIN));
        if (answer instanceof TaskResult.Convert made) return new Ready(task, made);
        throw ProblemException.invalid(
                "for", answer instanceof TaskResult.Failed failed ? failed.why() : "The files could not be made.");
    }
}
