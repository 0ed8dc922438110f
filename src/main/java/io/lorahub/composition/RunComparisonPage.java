package io.lorahub.composition;

import io.lorahub.web.ProblemException;
import io.quarkus.qute.CheckedTemplate;
import io.quarkus.qute.TemplateInstance;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.MediaType;
import java.util.List;

/** Two runs that the viewer may see, side by side. */
@Path("/runs/compare")
@Produces(MediaType.TEXT_HTML)
public class RunComparisonPage {

    private final RunRights rights;

    RunComparisonPage(RunRights rights) {
        this.rights = rights;
    }

    @CheckedTemplate
    static class Templates {
        static native TemplateInstance compare(RunComparison comparison);

        private Templates() {}
    }

    @GET
    public TemplateInstance compare(@QueryParam("run") List<String> runs) {
        if (runs.size() != 2) throw ProblemException.badRequest("Choose two runs to compare.");
        return Templates.compare(RunComparison.of(rights.visible(runs.get(0)), rights.visible(runs.get(1))));
    }
}
