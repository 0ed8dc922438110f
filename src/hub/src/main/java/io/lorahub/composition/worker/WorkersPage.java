package io.lorahub.composition.worker;

import io.lorahub.composition.CompositionRun;
import io.lorahub.composition.RunState;
import io.lorahub.job.JobCounts;
import io.lorahub.web.ProblemException;
import io.lorahub.web.Toast;
import io.lorahub.web.Uuids;
import io.quarkus.qute.CheckedTemplate;
import io.quarkus.qute.TemplateExtension;
import io.quarkus.qute.TemplateInstance;
import jakarta.annotation.security.RolesAllowed;
import jakarta.ws.rs.DefaultValue;
import jakarta.ws.rs.FormParam;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** The workers and the queue of all runs, for admins. */
@Path("/admin/workers")
@RolesAllowed("ADMIN")
@Produces(MediaType.TEXT_HTML)
public class WorkersPage {

    private static final String HERE = "/admin/workers";

    private final Workers workers;
    private final QueueRows queue;
    private final JobCounts jobs;

    public WorkersPage(Workers workers, QueueRows queue, JobCounts jobs) {
        this.workers = workers;
        this.queue = queue;
        this.jobs = jobs;
    }

    /** Workers and runs as shown on the admin page. */
    public static final class WorkersView {

        public final List<WorkerView> workers;

        /** Queued runs, the next one first. */
        public final List<CompositionRun> waiting;

        public final List<CompositionRun> running;

        /** Failed runs, newest first. */
        public final List<CompositionRun> failed;

        /** These include runs that are not listed. */
        public final QueueRows.Totals totals;

        /** Owners with the most runs first. */
        public final List<QueueRows.Share> shares;

        /** All kinds of work that waits in queues. */
        public final List<JobCounts.JobCount> jobs;

        private final Map<UUID, String> reasons;

        private WorkersView(Workers workers, QueueRows queue, JobCounts jobs) {
            this.workers = workers.all();
            waiting = queue.waiting();
            running = queue.running();
            failed = queue.failed();
            totals = queue.totals();
            shares = queue.shares();
            this.jobs = jobs.all();
            reasons = queue.reasons(waiting);
        }

        /** A selectable priority. */
        public record Choice(int value, String label, boolean chosen) {}

        /** Why a run needs a larger worker; empty if it does not. */
        public String reason(CompositionRun run) {
            return reasons.getOrDefault(run.id, "");
        }

        public long free() {
            return workers.stream()
                    .filter(w -> w.state == WorkerView.State.IDLE || w.state == WorkerView.State.WORKING)
                    .mapToLong(w -> w.slots - w.running)
                    .sum();
        }

        /** The priorities that can be selected for a run, including its current one. */
        @TemplateExtension(namespace = "pool")
        static List<Choice> priorities(CompositionRun run) {
            Stream<Integer> usual = IntStream.rangeClosed(-1, 2).boxed();
            return Stream.concat(usual, Stream.of(run.priority))
                    .distinct()
                    .sorted((a, b) -> Integer.compare(b, a))
                    .map(p -> new Choice(p, word(p), p == run.priority))
                    .toList();
        }

        static String word(int priority) {
            return switch (priority) {
                case -1 -> "low";
                case 0 -> "normal";
                case 1 -> "high";
                case 2 -> "highest";
                default -> Integer.toString(priority).replace('-', '−');
            };
        }
    }

    @CheckedTemplate
    static class Templates {
        static native TemplateInstance workers(WorkersView pool);

        static native TemplateInstance live(WorkersView pool);

        private Templates() {}
    }

    @GET
    public TemplateInstance workers() {
        return Templates.workers(pool());
    }

    /** The changing part of the page, the same for all admins. */
    @GET
    @Path("/live")
    public TemplateInstance live() {
        return Templates.live(pool());
    }

    private WorkersView pool() {
        return new WorkersView(workers, queue, jobs);
    }

    @POST
    @Path("/drain")
    public Response drain(@FormParam("name") @DefaultValue("") String name) {
        workers.drain(name, true);
        return Toast.seeOther(HERE, "%s takes no more runs and returns its current ones.".formatted(name));
    }

    @POST
    @Path("/undrain")
    public Response undrain(@FormParam("name") @DefaultValue("") String name) {
        workers.drain(name, false);
        return Toast.seeOther(HERE, "%s takes runs again.".formatted(name));
    }

    @POST
    @Path("/runs/{run}/cancel")
    public Response cancel(@PathParam("run") String id) {
        CompositionRun run = queue.cancel(id(id));
        return Toast.seeOther(
                HERE,
                run.state == RunState.CANCELLED
                        ? "Cancelled “%s”.".formatted(run.title)
                        : "“%s” will be cancelled after the current point.".formatted(run.title));
    }

    @POST
    @Path("/runs/{run}/retry")
    public Response retry(@PathParam("run") String id) {
        return Toast.seeOther(HERE, "Queued “%s” again; it resumes from its log.".formatted(queue.retry(id(id)).title));
    }

    @POST
    @Path("/retry-failed")
    public Response retryAll() {
        int count = queue.retryAll();
        return count == 0
                ? Toast.warning(HERE, "No failed run can be resumed. Fix the cause, then retry single runs.")
                : Toast.seeOther(HERE, "Queued %s again.".formatted(count == 1 ? "one run" : count + " runs"));
    }

    @POST
    @Path("/runs/{run}/priority")
    public Response prioritise(@PathParam("run") String id, @FormParam("priority") @DefaultValue("0") int priority) {
        CompositionRun run = queue.prioritise(id(id), priority);
        return Toast.seeOther(HERE, "“%s” now has %s priority.".formatted(run.title, WorkersView.word(priority)));
    }

    static UUID id(String text) {
        return Uuids.parse(text).orElseThrow(() -> ProblemException.notFound("run"));
    }
}
