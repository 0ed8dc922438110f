package io.lorahub.imports;

import io.lorahub.account.Viewer;
import io.lorahub.adapter.card.Licence;
import io.lorahub.imports.state.ImportState;
import io.lorahub.upload.Draft;
import io.lorahub.web.FormErrors;
import io.lorahub.web.ProblemException;
import io.lorahub.web.Toast;
import io.quarkus.narayana.jta.QuarkusTransaction;
import io.quarkus.qute.CheckedTemplate;
import io.quarkus.qute.TemplateInstance;
import io.quarkus.security.Authenticated;
import jakarta.transaction.Transactional;
import jakarta.ws.rs.BeanParam;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.net.URI;
import java.util.List;
import java.util.UUID;
import org.jboss.resteasy.reactive.RestForm;

/** The pages where members import adapters from other hubs. */
@Path("/imports")
@Authenticated
@Produces(MediaType.TEXT_HTML)
public class ImportPage {

    private static final String DRAFT = "draft";

    @CheckedTemplate
    static class Templates {
        /** @param hubs addresses; empty if imports are off */
        static native TemplateInstance imports(
                List<String> hubs, List<ImportView> rows, List<Licence.Family> families, Form form, FormErrors errors);

        /** @param open whether the page refreshes itself */
        static native TemplateInstance show(ImportView row, boolean open);

        private Templates() {}
    }

    /** What the member typed. */
    public static class Form {
        @RestForm
        public String from;

        @RestForm
        public String hub;

        @RestForm
        public String token;

        /** {@code draft}, or the visibility to publish with. */
        @RestForm
        public String then;

        @RestForm
        public String subfolder;

        /** For adapters whose README doesn't say it. */
        @RestForm
        public String licence;

        /** For adapters without a README. */
        @RestForm
        public String description;

        /** The adapter that gets a new version. */
        @RestForm
        public String adapter;

        ImportRequest request() {
            boolean publish = then != null && !then.isBlank() && !then.equals(DRAFT);
            Draft place = adapter != null && !adapter.isBlank() ? Draft.forVersionOf(adapter.strip()) : Draft.EMPTY;
            Draft card = place.over(Draft.licensed(given(licence), given(description)));
            return new ImportRequest(from, hub, subfolder, token, publish, publish ? card.at(null, then) : card);
        }

        private static String given(String text) {
            return text == null || text.isBlank() ? null : text.strip();
        }
    }

    private final Imports imports;
    private final Viewer viewer;

    ImportPage(Imports imports, Viewer viewer) {
        this.imports = imports;
        this.viewer = viewer;
    }

    @GET
    @Transactional
    public TemplateInstance imports() {
        viewer.require();
        return page(new Form(), FormErrors.NONE);
    }

    @POST
    @Consumes(MediaType.APPLICATION_FORM_URLENCODED)
    public Response start(@BeanParam Form form) {
        viewer.require();
        try {
            UUID id = imports.start(form.request()).id;
            return Response.seeOther(URI.create("/imports/" + id)).build();
        } catch (ProblemException e) {
            return QuarkusTransaction.joiningExisting().call(() -> FormErrors.show(e, errors -> page(form, errors)));
        }
    }

    private TemplateInstance page(Form form, FormErrors errors) {
        return Templates.imports(
                imports.hubs().stream().map(URI::toString).toList(),
                imports.list().stream().map(ImportView::of).toList(),
                List.of(Licence.Family.values()),
                form,
                errors);
    }

    @GET
    @Path("/{id}")
    @Transactional
    public TemplateInstance show(UUID id) {
        AdapterImport entry = imports.own(id);
        return Templates.show(ImportView.of(entry), entry.getState().isOpen());
    }

    @POST
    @Path("/{id}/cancel")
    @Transactional
    public Response cancel(UUID id) {
        AdapterImport entry = imports.cancel(id);
        return entry.getState() == ImportState.CANCELLED
                ? Toast.seeOther("/imports/" + id, "The import is cancelled.")
                : Toast.warning("/imports/" + id, "The import had ended already.");
    }
}
