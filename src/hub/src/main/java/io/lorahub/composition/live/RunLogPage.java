package io.lorahub.composition.live;

import io.lorahub.composition.CompositionRun;
import io.lorahub.composition.RunEvaluation;
import io.lorahub.composition.RunRights;
import io.quarkus.qute.CheckedTemplate;
import io.quarkus.qute.TemplateInstance;
import jakarta.ws.rs.DefaultValue;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.MediaType;
import java.util.List;

/** A paged list of every point that a run tried; the run can be forked from each of them. */
@Path("/runs/{run}/log")
@Produces(MediaType.TEXT_HTML)
public class RunLogPage {

    static final int SIZE = 50;

    private final RunRights rights;

    RunLogPage(RunRights rights) {
        this.rights = rights;
    }

    /**
     * A page of the log.
     *
     * @param number number of the page, from 1
     * @param total  number of points of the run
     */
    record Log(CompositionRun run, int number, List<RunEvaluation> evaluations, long total) {

        public int first() {
            return (number - 1) * SIZE + 1;
        }

        public String sentence() {
            if (evaluations.isEmpty()) return total == 0 ? "No points yet." : "No points on this page.";
            return "%,d to %,d of %,d".formatted(first(), first() + evaluations.size() - 1, total);
        }

        public String previous() {
            return number == 1 ? null : address(number - 1);
        }

        public String next() {
            return (long) number * SIZE >= total ? null : address(number + 1);
        }

        private String address(int page) {
            return "/runs/%s/log?page=%d".formatted(run.id, page);
        }
    }

    @CheckedTemplate
    static class Templates {
        static native TemplateInstance log(Log log);

        private Templates() {}
    }

    @GET
    public TemplateInstance log(@PathParam("run") String id, @QueryParam("page") @DefaultValue("1") int page) {
        CompositionRun run = rights.visible(id);
        long total = RunEvaluation.count("id.runId", run.id);
        int last = (int) Math.max(1, (total + SIZE - 1) / SIZE);
        int number = Math.max(1, Math.min(page, last));
        return Templates.log(new Log(run, number, RunEvaluation.page(run.id, number - 1, SIZE), total));
    }
}
