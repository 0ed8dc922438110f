package io.lorahub.composition;

import io.lorahub.account.BrowserContext;
import io.lorahub.account.Secret;
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
import jakarta.ws.rs.core.MultivaluedMap;
import jakarta.ws.rs.core.Response;
import java.net.URI;
import java.time.Duration;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Function;

/** What a run has found: the verdict, its controls, what it predicts, a playground, files. */
@Path("/runs/{run}/result")
@Produces(MediaType.TEXT_HTML)
public class RunResultPage {

    /** Most answers come within it, so that the next page shows them at once. */
    private static final Duration PATIENCE = Duration.ofSeconds(3);

    private final RunRights rights;
    private final RunResults results;
    private final Playgrounds tryouts;
    private final Exports exports;
    private final WorkerTasks trials;
    private final CompositionConfig limits;
    private final BrowserContext visitor;

    public RunResultPage(
            RunRights rights,
            RunResults results,
            Playgrounds tryouts,
            Exports exports,
            WorkerTasks trials,
            CompositionConfig limits,
            BrowserContext visitor) {
        this.rights = rights;
        this.results = results;
        this.tryouts = tryouts;
        this.exports = exports;
        this.trials = trials;
        this.limits = limits;
        this.visitor = visitor;
    }

    @CheckedTemplate
    static class Templates {
        static native TemplateInstance result(
                ResultView view,
                PredictionTable predictions,
                Playground tryout,
                DownloadOffer offer,
                String recipe,
                boolean owner);

        private Templates() {}
    }

    /**
     * @param show which predictions, see {@link PredictionTable.Show}
     * @param rows "all" for all of them
     * @param asked a trial of the playground to show
     */
    @GET
    public TemplateInstance result(
            @PathParam("run") String id,
            @QueryParam("show") @DefaultValue("all") String show,
            @QueryParam("rows") @DefaultValue("") String rows,
            @QueryParam("trial") Optional<String> asked) {
        CompositionRun run = rights.visible(id);
        RunResult result = results.of(run);
        return Templates.result(
                ResultView.of(run, result, rights.owner().flatMap(RunOwner::person)),
                PredictionTable.of(run.spec, result, PredictionTable.Show.of(show), rows.equals("all")),
                tryouts.of(run, result, asked, rights.owner()),
                DownloadOffer.of(
                        run, result, results.size(run, RunResults.WEIGHTS), results.fixed(run), exports.of(run)),
                results.recipe(run),
                rights.owns(run));
    }

    /** Tries own inputs and weights by hand. */
    @POST
    @Path("/try")
    public Response tryOut(@PathParam("run") String id, MultivaluedMap<String, String> form) {
        CompositionRun run = rights.visible(id);
        TaskRequest.Mix question = tryouts.question(run, results.of(run), form);
        return asking(owner -> {
            UUID trial = trials.ask(owner, question);
            trials.await(trial, PATIENCE);
            return URI.create("/runs/%s/result?trial=%s#playground".formatted(run.id, trial));
        });
    }

    /** Has files made. */
    @POST
    @Path("/export")
    public Response export(@PathParam("run") String id, @FormParam("rank") int rank) {
        CompositionRun run = rights.visible(id);
        return asking(owner -> {
            trials.await(exports.make(owner, run, rank), PATIENCE);
            return URI.create("/runs/%s/result#download".formatted(run.id));
        });
    }

    /** A visitor who asks for the first time gets a cookie by which the answer is found. */
    private Response asking(Function<RunOwner, URI> ask) {
        if (!limits.visitors() && rights.owner().flatMap(RunOwner::person).isEmpty()) {
            throw ProblemException.forbidden("Sign in to try it: this hub computes for its members only.");
        }
        Optional<RunOwner> known = rights.owner();
        if (known.isPresent()) return Response.seeOther(ask.apply(known.get())).build();
        Secret secret = Secret.random("");
        return Response.seeOther(ask.apply(RunOwner.visitor(VisitorCookie.hash(secret))))
                .cookie(VisitorCookie.of(secret, limits.visitorRuns(), visitor.isSecure()))
                .build();
    }
}
