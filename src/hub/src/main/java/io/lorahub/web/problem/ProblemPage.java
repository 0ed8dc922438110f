package io.lorahub.web.problem;

import io.lorahub.web.FieldError;
import io.lorahub.web.ProblemException;
import io.lorahub.web.ProblemType;
import io.quarkus.logging.Log;
import io.quarkus.qute.CheckedTemplate;
import io.quarkus.qute.TemplateInstance;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Instant;
import java.util.List;

@ApplicationScoped
class ProblemPage {

    @CheckedTemplate
    static class Templates {

        private Templates() {}

        static native TemplateInstance problem(
                int status, String headline, String detail, List<FieldError> causes, String id, Instant time);

        static native TemplateInstance bare(int status, String headline, String detail, String id);
    }

    /** Leaves out the page frame if it cannot be rendered, because the database could be the broken part. */
    String render(ProblemException problem, String id) {
        if (problem.type() == ProblemType.UNAVAILABLE) return bare(problem, id); // the frame would wait for it, too
        try {
            return Templates.problem(
                            problem.status(),
                            problem.headline(),
                            problem.getMessage(),
                            problem.causes().size() > 1 ? problem.causes() : List.of(),
                            id,
                            Instant.now())
                    .render();
        } catch (RuntimeException e) {
            Log.error("The frame of an error page cannot be rendered; the page is shown without it.", e);
            return bare(problem, id);
        }
    }

    private static String bare(ProblemException problem, String id) {
        return Templates.bare(problem.status(), problem.headline(), problem.getMessage(), id)
                .render();
    }
}
