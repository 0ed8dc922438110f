package io.lorahub.composition.form;

import io.lorahub.composition.CompositionConfig;
import io.quarkus.qute.CheckedTemplate;
import io.quarkus.qute.TemplateInstance;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import java.util.List;

/** What composing can and can't do, in the figures of docs/study.md. */
@Path("/compose/about")
@Produces(MediaType.TEXT_HTML)
public class ComposingPage {

    /**
     * Share of new inputs that are answered exactly right, in percent.
     *
     * @param pairs   on the 22 tasks of two skills of the first demo's test half
     * @param smollm2 on the 16 tasks of the second demo; null where nothing was measured
     */
    record Row(String method, String pairs, String smollm2) {}

    private static final List<Row> ROWS = List.of(
            new Row("The best single adapter", "7.9", "0.0"),
            new Row("All adapters alike", "0.0", "0.0"),
            new Row("The search, 40 evaluations", "59.4", "70.8"),
            new Row("The search, 100 evaluations", "77.6", "72.7"),
            new Row("40 evaluations, then refined", "78.6", null),
            new Row("100 evaluations, then refined", "82.4", null),
            new Row("A LoRA trained on the same five examples", "19.8", "46.1"),
            new Row("Weights fitted to 60 examples, for comparison", "84.2", null));

    @CheckedTemplate
    static class Templates {
        static native TemplateInstance show(List<Row> rows, boolean openToVisitors);

        private Templates() {}
    }

    private final CompositionConfig config;

    ComposingPage(CompositionConfig config) {
        this.config = config;
    }

    @GET
    public TemplateInstance show() {
        return Templates.show(ROWS, config.visitors());
    }
}
