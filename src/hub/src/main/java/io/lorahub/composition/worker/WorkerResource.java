package io.lorahub.composition.worker;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import io.lorahub.composition.CompositionRun;
import io.lorahub.engine.names.EnumNames;
import io.lorahub.job.JobCounts;
import io.lorahub.web.ProblemException;
import jakarta.annotation.security.RolesAllowed;
import jakarta.transaction.Transactional;
import jakarta.validation.constraints.NotNull;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.PUT;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;

/** The workers and the queue of all runs, for admins. */
@Path("/api/v1/admin")
@Produces(MediaType.APPLICATION_JSON)
@RolesAllowed("ADMIN")
@Tag(name = "Administration")
public class WorkerResource {

    private final Workers workers;
    private final QueueRows queue;
    private final JobCounts jobs;

    public WorkerResource(Workers workers, QueueRows queue, JobCounts jobs) {
        this.workers = workers;
        this.queue = queue;
        this.jobs = jobs;
    }

    /** A run in the pool. */
    @JsonNaming(SnakeCaseStrategy.class)
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public static final class QueuedRun {

        public final UUID id;
        public final String title;

        /** A member's name; omitted for a visitor. */
        public final String owner;

        public final String state;

        /** What will happen to it after the current point; omitted if nothing. */
        public final String stopRequest;

        public final int priority;
        public final int spent;
        public final int budget;

        /** Name of the worker that holds it or held it last. */
        public final String worker;

        /** Why it waits for a larger worker, or for one with room on its disk, for example "needs 9.1 GB; the largest worker has 6.0 GB"; omitted if it does not. */
        public final String reason;

        public final String failure;
        public final Instant queuedAt;
        public final Instant startedAt;

        static QueuedRun of(CompositionRun run) {
            return new QueuedRun(run, null);
        }

        // Jackson writes fields first that are named like a parameter
        QueuedRun(CompositionRun run, String whyItWaits) {
            id = run.id;
            title = run.title;
            owner = run.person == null ? null : run.person.name;
            state = run.state.word();
            stopRequest = run.stopRequest == null ? null : EnumNames.of(run.stopRequest);
            priority = run.priority;
            spent = run.spent;
            budget = run.budget;
            worker = run.worker;
            reason = whyItWaits;
            failure = run.failure;
            queuedAt = run.queuedAt;
            startedAt = run.startedAt;
        }
    }

    /**
     * The runs in the pool.
     *
     * @param waiting the first 100 queued runs, the next one first; the other lists have the same limit
     * @param totals  total number of runs of each kind
     * @param jobs    all kinds of work that waits in queues, runs included
     */
    public record Pool(
            List<QueuedRun> waiting,
            List<QueuedRun> running,
            List<QueuedRun> failed,
            QueueRows.Totals totals,
            List<JobCounts.JobCount> jobs) {}

    public record NewPriority(Integer priority) {}

    public record Retried(int count) {}

    @GET
    @Path("/workers")
    @Operation(summary = "Recently seen workers")
    public List<WorkerView> workers() {
        return workers.all();
    }

    @POST
    @Path("/workers/{name}/drain")
    @Operation(summary = "Drain a worker, so that it takes no more runs")
    public WorkerView drain(@PathParam("name") String name) {
        return workers.drain(name, true);
    }

    @POST
    @Path("/workers/{name}/undrain")
    @Operation(summary = "Let a drained worker take runs again")
    public WorkerView undrain(@PathParam("name") String name) {
        return workers.drain(name, false);
    }

    @GET
    @Path("/queue")
    @Operation(summary = "Waiting, running and failed runs")
    @Transactional
    public Pool queue() {
        List<CompositionRun> waiting = queue.waiting();
        Map<UUID, String> reasons = queue.reasons(waiting);
        return new Pool(
                waiting.stream()
                        .map(run -> new QueuedRun(run, reasons.get(run.id)))
                        .toList(),
                views(queue.running()),
                views(queue.failed()),
                queue.totals(),
                jobs.all());
    }

    private static List<QueuedRun> views(List<CompositionRun> runs) {
        return runs.stream().map(QueuedRun::of).toList();
    }

    @POST
    @Path("/queue/{run}/cancel")
    @Operation(summary = "Cancel any member's run")
    @Transactional
    public QueuedRun cancel(@PathParam("run") String id) {
        return QueuedRun.of(queue.cancel(WorkersPage.id(id)));
    }

    @POST
    @Path("/queue/{run}/retry")
    @Operation(summary = "Queue a failed run again")
    @Transactional
    public QueuedRun retry(@PathParam("run") String id) {
        return QueuedRun.of(queue.retry(WorkersPage.id(id)));
    }

    @POST
    @Path("/queue/retry-failed")
    @Operation(summary = "Queue again all failed runs that can be resumed")
    public Retried retryAll() {
        return new Retried(queue.retryAll());
    }

    @PUT
    @Path("/queue/{run}/priority")
    @Operation(summary = "Set the priority of a waiting run")
    @Transactional
    public QueuedRun prioritise(@PathParam("run") String id, @NotNull NewPriority request) {
        if (request.priority() == null) throw ProblemException.invalid("priority", "Give a priority, such as 1.");
        return QueuedRun.of(queue.prioritise(WorkersPage.id(id), request.priority()));
    }
}
