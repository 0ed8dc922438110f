package io.lorahub.composition;

import io.lorahub.web.ProblemException;
import io.quarkus.qute.CheckedTemplate;
import io.quarkus.qute.TemplateInstance;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.util.List;
import java.util.Optional;

/** Two runs that the viewer may see, side by side. */
@Path("/runs/compare")
@Produces(MediaType.TEXT_HTML)
public class RunComparisonPage {

    private final RunRights rights;
    private final RunResults results;
    private final RunsPage list;

    RunComparisonPage(RunRights rights, RunResults results, RunsPage list) {
        this.rights = rights;
        this.results = results;
        this.list = list;
    }

    @CheckedTemplate
    static class Templates {
        static native TemplateInstance compare(RunComparison comparison);

        private Templates() {}
    }

    /** Where there are not two, the list on which they were picked says so, in the part that was open. */
    @GET
    public Response compare(
            @QueryParam("run") List<String> runs,
            @QueryParam("state") Optional<String> state,
            @QueryParam("before") Optional<String> before) {
        if (runs.size() != 2) {
            if (rights.owner().isEmpty()) throw ProblemException.badRequest("Choose two runs to compare.");
            String fault = "Tick two runs to compare; you ticked %s."
                    .formatted(runs.isEmpty() ? "none" : runs.size() == 1 ? "one" : String.valueOf(runs.size()));
            return Response.status(422)
                    .entity(list.show(state, before, runs, fault))
                    .build();
        }
        return Response.ok(Templates.compare(
                        RunComparison.of(side(rights.visible(runs.get(0))), side(rights.visible(runs.get(1))))))
                .build();
    }

    private RunComparison.Side side(CompositionRun run) {
        return new RunComparison.Side(run, run.result == null ? null : results.of(run));
    }
}
