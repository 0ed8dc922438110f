package io.lorahub.imports.model;

import io.lorahub.imports.state.ImportState;
import io.lorahub.web.FormErrors;
import io.lorahub.web.ProblemException;
import io.lorahub.web.Toast;
import io.quarkus.narayana.jta.QuarkusTransaction;
import io.quarkus.qute.CheckedTemplate;
import io.quarkus.qute.TemplateInstance;
import jakarta.annotation.security.RolesAllowed;
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

/** The page where administrators import base models from other hubs. */
@Path(BaseModelImportPage.PATH)
@RolesAllowed("ADMIN")
@Produces(MediaType.TEXT_HTML)
public class BaseModelImportPage {

    static final String PATH = "/admin/base-models/imports";

    @CheckedTemplate
    static class Templates {
        /**
         * @param hubs addresses; empty if imports are off
         * @param open whether the list refreshes itself
         */
        static native TemplateInstance show(
                List<String> hubs, List<BaseModelImportView> rows, boolean open, Form form, FormErrors errors);

        private Templates() {}
    }

    /** What the administrator typed. */
    public static class Form {
        @RestForm
        public String from;

        @RestForm
        public String hub;

        @RestForm
        public String token;

        @RestForm
        public String name;

        @RestForm
        public String summary;

        @RestForm
        public String licence;

        BaseModelImportRequest request() {
            return new BaseModelImportRequest(from, hub, token, name, summary, licence);
        }
    }

    private final BaseModelImports imports;

    BaseModelImportPage(BaseModelImports imports) {
        this.imports = imports;
    }

    @GET
    @Transactional
    public TemplateInstance show() {
        return page(new Form(), FormErrors.NONE);
    }

    @POST
    @Consumes(MediaType.APPLICATION_FORM_URLENCODED)
    public Response start(@BeanParam Form form) {
        try {
            imports.start(form.request());
            return Response.seeOther(URI.create(PATH)).build();
        } catch (ProblemException e) {
            return QuarkusTransaction.joiningExisting().call(() -> FormErrors.show(e, errors -> page(form, errors)));
        }
    }

    @POST
    @Path("/{id}/cancel")
    public Response cancel(UUID id) {
        boolean cancelled = imports.cancel(id).getState() == ImportState.CANCELLED;
        return Toast.seeOther(PATH, cancelled ? "The import is cancelled." : "The import has ended already.");
    }

    private TemplateInstance page(Form form, FormErrors errors) {
        List<BaseModelImport> entries = imports.list();
        return Templates.show(
                imports.hubs().stream().map(URI::toString).toList(),
                entries.stream().map(BaseModelImportView::of).toList(),
                entries.stream().anyMatch(entry -> entry.getState().isOpen()),
                form,
                errors);
    }
}
