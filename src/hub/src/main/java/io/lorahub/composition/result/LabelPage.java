package io.lorahub.composition.result;

import io.lorahub.composition.CompositionConfig;
import io.lorahub.composition.CompositionRun;
import io.lorahub.composition.RunOwner;
import io.lorahub.composition.RunResults;
import io.lorahub.composition.RunRights;
import io.lorahub.composition.RunSize;
import io.lorahub.composition.queue.RunJournal;
import io.lorahub.composition.task.TaskConfig;
import io.lorahub.composition.task.TaskRequest;
import io.lorahub.composition.task.WorkerTask;
import io.lorahub.composition.task.WorkerTasks;
import io.lorahub.web.FormErrors;
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
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.net.URI;
import java.time.Duration;
import java.util.Optional;
import java.util.UUID;
import javax.sql.DataSource;

/** Which example to label next, by what the mixes of a finished run disagree on. */
@Path("/runs/{run}/label")
@Produces(MediaType.TEXT_HTML)
public class LabelPage {

    /** Most answers arrive within this time, so that the next page shows them at once. */
    private static final Duration PATIENCE = Duration.ofSeconds(3);

    private final RunRights rights;
    private final RunResults results;
    private final WorkerTasks tasks;
    private final TaskConfig limits;
    private final CompositionConfig runs;
    private final DataSource database;

    LabelPage(
            RunRights rights,
            RunResults results,
            WorkerTasks tasks,
            TaskConfig limits,
            CompositionConfig runs,
            DataSource database) {
        this.rights = rights;
        this.results = results;
        this.tasks = tasks;
        this.limits = limits;
        this.runs = runs;
        this.database = database;
    }

    @CheckedTemplate
    static class Templates {
        static native TemplateInstance label(CompositionRun run, LabelChoice labels, int most, FormErrors errors);

        private Templates() {}
    }

    /** @param asked id of a task that ranks inputs; ignored if it is gone or belongs to someone else */
    @GET
    public TemplateInstance label(@PathParam("run") String id, @QueryParam("task") Optional<String> asked) {
        CompositionRun run = rights.visible(id);
        results.of(run);
        Optional<WorkerTask> task = tasks.ofRun(rights.owner(), run, asked);
        LabelChoice labels = task.flatMap(known -> known.question(TaskRequest.Mix.class))
                .filter(LabelChoice::isRanking)
                .map(question -> LabelChoice.of(question, task.get(), task.flatMap(tasks::answer)))
                .orElseGet(() -> asked.isPresent() ? LabelChoice.gone() : LabelChoice.NONE);
        return Templates.label(run, labels, limits.inputs(), FormErrors.NONE);
    }

    /** Asks the workers what the mixes write for inputs, one a line. */
    @POST
    public Response rank(@PathParam("run") String id, @FormParam("input") @DefaultValue("") String inputs) {
        CompositionRun run = rights.visible(id);
        double[] chosen = ResultView.weights(run, results.of(run));
        rights.requireMayCompute("rank inputs");
        try {
            boolean visitor = rights.owner().flatMap(RunOwner::person).isEmpty();
            TaskRequest.Mix question = LabelChoice.question(
                    run,
                    chosen,
                    RunJournal.read(database, run.id),
                    inputs,
                    RunSize.of(runs, visitor).characters());
            return rights.seeOther(owner -> {
                UUID task = tasks.ask(owner, question);
                tasks.await(task, PATIENCE);
                return URI.create("/runs/%s/label?task=%s#ranked".formatted(run.id, task));
            });
        } catch (ProblemException e) {
            return FormErrors.show(
                    e, errors -> Templates.label(run, LabelChoice.typed(inputs), limits.inputs(), errors));
        }
    }
}
