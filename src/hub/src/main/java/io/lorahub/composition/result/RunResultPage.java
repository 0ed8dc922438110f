package io.lorahub.composition.result;

import io.lorahub.composition.CompositionConfig;
import io.lorahub.composition.CompositionRun;
import io.lorahub.composition.RunOwner;
import io.lorahub.composition.RunResult;
import io.lorahub.composition.RunResults;
import io.lorahub.composition.RunRights;
import io.lorahub.composition.RunSize;
import io.lorahub.composition.conversion.Conversions;
import io.lorahub.composition.task.TaskRequest;
import io.lorahub.composition.task.TaskResult;
import io.lorahub.composition.task.WorkerTask;
import io.lorahub.composition.task.WorkerTasks;
import io.lorahub.engine.preset.ExportPreset;
import io.lorahub.web.ProblemException;
import io.quarkus.qute.CheckedTemplate;
import io.quarkus.qute.TemplateInstance;
import jakarta.ws.rs.DefaultValue;
import jakarta.ws.rs.FormParam;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.WebApplicationException;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.MultivaluedMap;
import jakarta.ws.rs.core.Response;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Function;

/** The result of a run: verdict, controls, predictions, a playground, files. */
@Path("/runs/{run}/result")
@Produces(MediaType.TEXT_HTML)
public class RunResultPage {

    /** Most answers arrive within this time, so that the next page shows them at once. */
    private static final Duration PATIENCE = Duration.ofSeconds(3);

    private final RunRights rights;
    private final RunResults results;
    private final ResultFiles files;
    private final Exports exports;
    private final Conversions conversions;
    private final WorkerTasks tasks;
    private final CompositionConfig limits;

    public RunResultPage(
            RunRights rights,
            RunResults results,
            ResultFiles files,
            Exports exports,
            Conversions conversions,
            WorkerTasks tasks,
            CompositionConfig limits) {
        this.rights = rights;
        this.results = results;
        this.files = files;
        this.exports = exports;
        this.conversions = conversions;
        this.tasks = tasks;
        this.limits = limits;
    }

    @CheckedTemplate
    static class Templates {
        static native TemplateInstance result(
                ResultView view,
                NextSteps next,
                PredictionTable predictions,
                Playground playground,
                int characters,
                DownloadOffer offer,
                String recipe,
                boolean owner);

        private Templates() {}
    }

    /**
     * Shows the result, or the run if it has none yet.
     *
     * @param show  which predictions, see {@link PredictionTable.Show}
     * @param rows  "all" for all of them
     * @param asked id of a playground task to show
     */
    @GET
    public TemplateInstance result(
            @PathParam("run") String id,
            @QueryParam("show") @DefaultValue("all") String show,
            @QueryParam("rows") @DefaultValue("") String rows,
            @QueryParam("task") Optional<String> asked) {
        CompositionRun run = rights.visible(id);
        if (run.result == null) {
            throw new WebApplicationException(
                    Response.seeOther(URI.create("/runs/" + run.id)).build());
        }
        RunResult result = results.of(run);
        ResultView view = ResultView.of(run, result, rights.owner().flatMap(RunOwner::person));
        return Templates.result(
                view,
                NextSteps.of(
                                view,
                                limits.budget(),
                                RunSize.of(
                                        limits,
                                        rights.owner().flatMap(RunOwner::person).isEmpty()),
                                () -> tasks.others(run))
                        .orElse(null),
                PredictionTable.of(run.spec, result, PredictionTable.Show.of(show), rows.equals("all")),
                playground(view, asked),
                limits.characters(),
                DownloadOffer.of(
                        run,
                        result,
                        files.size(run, ResultFiles.WEIGHTS),
                        files.fixed(run),
                        exports.of(run),
                        conversions.of(run)),
                files.recipe(run),
                rights.owns(run));
    }

    /** Tries the viewer's input and weights in the playground. */
    @POST
    @Path("/try")
    public Response tryInput(@PathParam("run") String id, MultivaluedMap<String, String> form) {
        CompositionRun run = rights.visible(id);
        TaskRequest.Mix question = question(run, results.of(run), form);
        return asking(owner -> {
            UUID task = tasks.ask(owner, question);
            tasks.await(task, PATIENCE);
            return URI.create("/runs/%s/result?task=%s#playground".formatted(run.id, task));
        });
    }

    /** @param asked id of a task; ignored if it is gone or belongs to someone else */
    private Playground playground(ResultView view, Optional<String> asked) {
        CompositionRun run = view.run();
        Optional<WorkerTask> task = tasks.ofRun(rights.owner(), run, asked);
        TaskRequest.Mix question =
                task.flatMap(t -> t.question(TaskRequest.Mix.class)).orElse(null);
        Optional<TaskResult> answer = question == null ? Optional.empty() : task.flatMap(tasks::answer);
        return Playground.of(
                run, view.weights(), question == null ? Optional.empty() : task, answer, question, isFixed(run));
    }

    private boolean isFixed(CompositionRun run) {
        return !run.mayMix(rights.owner().flatMap(RunOwner::person));
    }

    /**
     * @param form {@code input}, and {@code w0}, {@code w1}, … by the weights' indices; missing weights are as
     *     learned
     */
    private TaskRequest.Mix question(CompositionRun run, RunResult result, MultivaluedMap<String, String> form) {
        double[] learned = ResultView.weights(run, result);
        List<Double> weights = new ArrayList<>();
        for (int i = 0; i < learned.length; i++) {
            String typed = form.getFirst("w" + i);
            weights.add(typed == null || typed.isBlank() ? learned[i] : near(number(typed), learned[i]));
        }
        String input = form.getFirst("input");
        return Playground.question(
                run,
                result,
                weights,
                input == null ? "" : input.replace("\r\n", "\n").strip(),
                isFixed(run));
    }

    /** The form shows two decimals; a weight left unchanged means the exact learned weight. */
    private static double near(double typed, double learned) {
        return Math.abs(typed - learned) <= 0.005 ? learned : typed;
    }

    private static double number(String typed) {
        try {
            return Double.parseDouble(typed.strip().replace(',', '.').replace('−', '-'));
        } catch (NumberFormatException e) {
            throw ProblemException.invalid("weights", "“%s” isn't a number; write one such as 0.75.".formatted(typed));
        }
    }

    /**
     * Requests files of the result.
     *
     * @param program for which program; empty for those that the rank names
     */
    @POST
    @Path("/export")
    public Response export(
            @PathParam("run") String id, @FormParam("rank") int rank, @FormParam("for") Optional<String> program) {
        CompositionRun run = rights.visible(id);
        Optional<ExportPreset> preset = program.map(name -> Conversions.program(program));
        return asking(owner -> {
            UUID task =
                    preset.isPresent() ? conversions.make(owner, run, preset.get()) : exports.make(owner, run, rank);
            tasks.await(task, PATIENCE);
            return URI.create("/runs/%s/result#download".formatted(run.id));
        });
    }

    private Response asking(Function<RunOwner, URI> ask) {
        rights.requireMayCompute("try it");
        return rights.seeOther(ask);
    }
}
