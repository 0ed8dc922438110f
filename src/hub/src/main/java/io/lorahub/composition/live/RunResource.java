package io.lorahub.composition.live;

import io.lorahub.account.Person;
import io.lorahub.account.Viewer;
import io.lorahub.composition.CompositionRun;
import io.lorahub.composition.IdempotencyKey;
import io.lorahub.composition.IdempotencyKeys;
import io.lorahub.composition.RunEvaluation;
import io.lorahub.composition.RunOwner;
import io.lorahub.composition.RunRights;
import io.lorahub.composition.request.CreateRunRequest;
import io.lorahub.composition.request.RunRequest;
import io.lorahub.composition.request.RunService;
import io.lorahub.web.ProblemException;
import io.quarkus.narayana.jta.QuarkusTransaction;
import io.smallrye.common.annotation.Blocking;
import io.smallrye.mutiny.Multi;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.DefaultValue;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.HeaderParam;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.sse.OutboundSseEvent;
import jakarta.ws.rs.sse.Sse;
import java.net.URI;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Supplier;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponseSchema;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;

/** The API of runs: start, watch, stop, fetch. Files of a result have addresses of their own. */
@Path("/api/v1/runs")
@Produces(MediaType.APPLICATION_JSON)
@Tag(name = "Runs")
public class RunResource {

    private static final int PAGE = 50;

    private final Viewer viewer;
    private final RunRights rights;
    private final RunService runs;
    private final RunList list;
    private final RunEventStreams watch;
    private final IdempotencyKeys keys;

    RunResource(
            Viewer viewer,
            RunRights rights,
            RunService runs,
            RunList list,
            RunEventStreams watch,
            IdempotencyKeys keys) {
        this.viewer = viewer;
        this.rights = rights;
        this.runs = runs;
        this.list = list;
        this.watch = watch;
        this.keys = keys;
    }

    /** @param items newest first */
    public record Page(List<RunView> items) {}

    @POST
    @Consumes(MediaType.APPLICATION_JSON)
    @Operation(
            summary = "Start a run",
            description = "With an Idempotency-Key, repeating a request returns the run that the first one created,"
                    + " whatever has changed since then, until that run is deleted; a different request with the same"
                    + " key is rejected (422). A fork takes its base model and"
                    + " candidates from another run, and its title and description too if it has none. Integers"
                    + " aren't rounded, and unknown fields are rejected.")
    @APIResponseSchema(value = RunView.class, responseCode = "201")
    public Response start(@HeaderParam(IdempotencyKeys.HEADER) Optional<String> key, CreateRunRequest sent) {
        Person member = viewer.require();
        if (sent == null) throw ProblemException.badRequest("Send the run as a JSON object.");
        UUID id = keys.once(member, IdempotencyKey.Kind.RUN, key, sent.sent(), () -> {
            RunRequest request = sent.request();
            Supplier<CompositionRun> queue = runs.checked(
                    RunOwner.member(member),
                    sent.forkOf == null ? request : request.forkOf(forkedFrom(sent.forkOf), sent.taken()));
            return () -> queue.get().id;
        });
        return Response.created(URI.create("/api/v1/runs/" + id))
                .entity(now(id))
                .build();
    }

    /** Reports a missing run in a body as an error of the body: a 404 would suggest that the path is wrong. */
    private UUID forkedFrom(String id) {
        return rights.find(id)
                .filter(rights::maySee)
                .orElseThrow(() -> ProblemException.invalid("fork_of", "There is no run “%s”.".formatted(id)))
                .id;
    }

    @GET
    @Operation(
            summary = "Your runs, newest first",
            description = "With q, those whose title, description or candidates' addresses contain it.")
    @APIResponseSchema(Page.class)
    public Response list(
            @QueryParam("state") Optional<String> state,
            @QueryParam("before") Optional<String> before,
            @QueryParam("q") Optional<String> q) {
        RunsPage.Part part = new RunsPage.Part(state, before, q);
        List<CompositionRun> rows = list.find(RunOwner.member(viewer.require()), part.query(), PAGE + 1);
        boolean more = rows.size() > PAGE;
        List<CompositionRun> shown = more ? rows.subList(0, PAGE) : rows;
        Response.ResponseBuilder answer = Response.ok(new Page(RunView.of(shown)));
        if (more) answer.header(HttpHeaders.LINK, next(part, shown.get(PAGE - 1)));
        return answer.build();
    }

    /** The link to the next page (RFC 8288). */
    private static String next(RunsPage.Part part, CompositionRun last) {
        return "</api/v1%s>; rel=\"next\"".formatted(part.older(last.createdAt));
    }

    @GET
    @Path("/{run}")
    @Operation(summary = "A run: its state, its best weights, and its result once it is done")
    public RunView get(String run) {
        return RunView.whole(rights.visible(run));
    }

    /** The run after a change, regardless of data that this request has read before. */
    private static RunView now(UUID run) {
        return QuarkusTransaction.requiringNew().call(() -> RunView.whole(CompositionRun.findById(run)));
    }

    @GET
    @Path("/{run}/evaluations")
    @Operation(
            summary = "The points that a run tried, after a number, in order",
            description =
                    "A point is a set of weights. Its cost is what it took of the budget: one evaluation, three with a gradient.")
    public List<RunView.Evaluation> evaluations(String run, @QueryParam("after") @DefaultValue("0") int after) {
        return RunEvaluation.of(rights.visible(run).id, after).stream()
                .map(RunView.Evaluation::of)
                .toList();
    }

    @GET
    @Path("/{run}/events")
    @Produces(MediaType.SERVER_SENT_EVENTS)
    @Blocking
    @Operation(
            summary = "Points as they are tried (server-sent events)",
            description = "Events: evaluations ([[number, objective, cost], …]; a number that was already sent replaces"
                    + " everything from it on), run (as GET returns it; after the first, without settings.examples and"
                    + " settings.held_out, which never change), end (the final state), gone (it was deleted). A client"
                    + " that reads slowly gets all points, but of the run only its latest state; one that falls far"
                    + " behind is disconnected. Reconnect with Last-Event-ID.")
    public Multi<OutboundSseEvent> events(
            String run,
            @QueryParam("after") @DefaultValue("0") int after,
            @HeaderParam(HttpHeaders.LAST_EVENT_ID_HEADER) Optional<Integer> last,
            @Context Sse sse) {
        return watch.watch(
                rights.visible(run).id, last.orElse(after), RunEventStreams.Audience.PROGRAM, rights.access(), sse);
    }

    @POST
    @Path("/{run}/pause")
    @Operation(
            summary = "Pause",
            description = "A run on a worker ends after the current point; until then, its stop_request says so.")
    public RunView pause(String run) {
        UUID id = rights.own(run).id;
        runs.pause(id);
        return now(id);
    }

    @POST
    @Path("/{run}/resume")
    @Operation(summary = "Resume a paused or failed run")
    public RunView resume(String run) {
        UUID id = rights.own(run).id;
        runs.resume(id);
        return now(id);
    }

    @POST
    @Path("/{run}/finish")
    @Operation(
            summary = "End the search with what it has found",
            description =
                    "The best weights so far become the result, with their controls and files. A paused or failed run is"
                            + " queued for it. Until then, its stop_request says so.")
    public RunView finish(String run) {
        UUID id = rights.own(run).id;
        runs.finish(id);
        return now(id);
    }

    @POST
    @Path("/{run}/cancel")
    @Operation(
            summary = "Cancel",
            description = "A run on a worker ends after the current point; until then, its stop_request says so.")
    public RunView cancel(String run) {
        UUID id = rights.own(run).id;
        runs.cancel(id);
        return now(id);
    }

    @DELETE
    @Path("/{run}")
    @Operation(summary = "Delete a run that has ended, with its log and its files")
    public void delete(String run) {
        runs.delete(rights.own(run).id);
    }
}
