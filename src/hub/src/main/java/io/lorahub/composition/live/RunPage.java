package io.lorahub.composition.live;

import io.lorahub.account.Viewer;
import io.lorahub.composition.CompositionRun;
import io.lorahub.composition.RunEvaluation;
import io.lorahub.composition.RunRights;
import io.lorahub.composition.RunSpec;
import io.lorahub.composition.RunState;
import io.lorahub.composition.request.RunService;
import io.lorahub.engine.learning.Example;
import io.lorahub.engine.learning.LearnedMix;
import io.lorahub.storage.DatabaseClock;
import io.lorahub.web.Toast;
import io.lorahub.web.budget.RequestBudgets;
import io.lorahub.web.chart.Chart;
import io.lorahub.web.chart.SharePicture;
import io.quarkus.qute.CheckedTemplate;
import io.quarkus.qute.TemplateInstance;
import io.smallrye.common.annotation.Blocking;
import io.smallrye.mutiny.Multi;
import jakarta.ws.rs.DefaultValue;
import jakarta.ws.rs.FormParam;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.HeaderParam;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.sse.OutboundSseEvent;
import jakarta.ws.rs.sse.Sse;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVPrinter;

/** The live page of a run: queue, progress, log, and the actions open to its owner. */
@Path("/runs/{run}")
@Produces(MediaType.TEXT_HTML)
public class RunPage {

    private final Viewer viewer;
    private final RunRights rights;
    private final RunService runs;
    private final RunEventStreams watch;
    private final DatabaseClock clock;
    private final RequestBudgets budgets;

    public RunPage(
            Viewer viewer,
            RunRights rights,
            RunService runs,
            RunEventStreams watch,
            DatabaseClock clock,
            RequestBudgets budgets) {
        this.viewer = viewer;
        this.rights = rights;
        this.runs = runs;
        this.watch = watch;
        this.clock = clock;
        this.budgets = budgets;
    }

    @CheckedTemplate
    static class Templates {
        static native TemplateInstance run(RunProgress progress, CompositionRun parent, Chart chart, boolean owner);

        private Templates() {}
    }

    @GET
    public TemplateInstance run(@PathParam("run") String id) {
        CompositionRun run = rights.visible(id);
        RunProgress progress = RunProgress.of(run, clock.now());
        CompositionRun parent = run.forkOf != null && rights.maySee(run.forkOf) ? run.forkOf : null;
        return Templates.run(progress, parent, ObjectiveChart.of(progress), rights.owns(run));
    }

    /** Streams the changes after an evaluation. */
    @GET
    @Path("/events")
    @Produces(MediaType.SERVER_SENT_EVENTS)
    @Blocking
    public Multi<OutboundSseEvent> events(
            @PathParam("run") String id,
            @QueryParam("after") @DefaultValue("0") int after,
            @HeaderParam(HttpHeaders.LAST_EVENT_ID_HEADER) Optional<Integer> last,
            @Context Sse sse) {
        CompositionRun run = rights.visible(id);
        RunEventStreams.Audience audience =
                rights.owns(run) ? RunEventStreams.Audience.OWNER : RunEventStreams.Audience.GUEST;
        return watch.watch(run.id, last.orElse(after), audience, rights.access(), sse);
    }

    @POST
    @Path("/pause")
    public Response pause(@PathParam("run") String id) {
        RunState state = runs.pause(rights.own(id).id);
        return Toast.seeOther("/runs/" + id, state == RunState.PAUSED ? "Paused." : "Pauses after the current point.");
    }

    @POST
    @Path("/resume")
    public Response resume(@PathParam("run") String id) {
        CompositionRun run = rights.own(id);
        runs.resume(run.id);
        return Toast.seeOther("/runs/" + id, "Queued again; it resumes from its log.");
    }

    @POST
    @Path("/finish")
    public Response finish(@PathParam("run") String id) {
        runs.finish(rights.own(id).id);
        return Toast.seeOther("/runs/" + id, "The search ends; its best weights so far become the result.");
    }

    @POST
    @Path("/cancel")
    public Response cancel(@PathParam("run") String id) {
        RunState state = runs.cancel(rights.own(id).id);
        return Toast.seeOther(
                "/runs/" + id, state == RunState.CANCELLED ? "Cancelled." : "Cancels after the current point.");
    }

    /**
     * Starts the run again, for whoever asks.
     *
     * @param budget another one, if it is given
     * @param refine steps of training after the search, if they are given
     */
    @POST
    @Path("/again")
    public Response repeat(
            @PathParam("run") String id,
            @FormParam("budget") Optional<Integer> budget,
            @FormParam("refine_steps") Optional<Integer> refine) {
        CompositionRun run = rights.visible(id);
        rights.requireMayCompose();
        return rights.answer(owner -> {
            RunSpec spec = budget.map(run.spec::withBudget).orElse(run.spec);
            spec = refine.map(spec::withRefineSteps).orElse(spec);
            CompositionRun repeated = runs.repeat(owner, run, spec);
            return Toast.seeOther(
                    "/runs/" + repeated.id,
                    budget.isPresent()
                            ? "Started again with a budget of %,d.".formatted(budget.get())
                            : "Started again; what is known already is taken over.");
        });
    }

    @POST
    @Path("/share")
    public Response share(@PathParam("run") String id, @FormParam("shared") boolean shared) {
        CompositionRun run = rights.own(id);
        viewer.require(); // nobody answers for what a visitor shows to others
        runs.share(run.id, shared);
        return Toast.seeOther(
                "/runs/" + id + (run.result == null ? "" : "/result"),
                shared ? "Anyone with the link can see it now." : "Only you can see it now.");
    }

    @POST
    @Path("/delete")
    public Response delete(@PathParam("run") String id) {
        CompositionRun run = rights.own(id);
        runs.delete(run.id);
        return Toast.seeOther("/runs", "Deleted “%s”.".formatted(run.title));
    }

    /** The picture that other sites show beside a link to the run. */
    @GET
    @Path("/picture.png")
    @Produces("image/png")
    public byte[] picture(@PathParam("run") String id) {
        CompositionRun run = rights.visible(id);
        Example example = run.spec.examples().get(0);
        String by = run.person == null ? "A run" : "A run by " + run.person.name;
        String figures =
                "%s · %d candidates · %s".formatted(run.baseModel.name, run.candidates.size(), run.evaluations());
        SharePicture picture = new SharePicture(by, run.title, example.input(), example.output(), figures);
        return budgets.current().compute(picture::png);
    }

    /** The log for programs and spreadsheets (RFC 4180). */
    @GET
    @Path("/log.csv")
    @Produces("text/csv")
    public Response log(@PathParam("run") String id) {
        CompositionRun run = rights.visible(id);
        return Response.ok(csv(run))
                .header(HttpHeaders.CONTENT_DISPOSITION, "attachment; filename=\"run-%s.csv\"".formatted(run.id))
                .build();
    }

    /** The log as CSV, with a row for each evaluation and a column for each weight. */
    private static String csv(CompositionRun run) {
        StringWriter text = new StringWriter();
        try (CSVPrinter csv = new CSVPrinter(text, CSVFormat.RFC4180)) {
            List<Object> header = new ArrayList<>(List.of("evaluation", "cost", "objective", "loss", "seconds", "at"));
            List<String> groups = run.spec.groups().names();
            run.candidates.forEach(c -> groups.forEach(
                    group -> header.add(groups.size() == 1 ? c.address() : LearnedMix.named(c.address(), group))));
            csv.printRecord(header);
            for (RunEvaluation e : RunEvaluation.of(run.id, 0)) {
                List<Object> row =
                        new ArrayList<>(List.of(e.id.number(), e.cost, e.objective, e.loss, e.seconds, e.at));
                for (double weight : e.weights) row.add(weight);
                csv.printRecord(row);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return text.toString();
    }
}
