package io.lorahub.adapter.editing;

import io.lorahub.adapter.Adapter;
import io.lorahub.adapter.AdapterVersion;
import io.lorahub.adapter.ModeratedEntity;
import io.lorahub.adapter.Repository;
import io.lorahub.adapter.Visibility;
import io.lorahub.web.FormErrors;
import io.lorahub.web.LocalPath;
import io.lorahub.web.ProblemException;
import io.lorahub.web.Toast;
import io.quarkus.narayana.jta.QuarkusTransaction;
import io.quarkus.qute.CheckedTemplate;
import io.quarkus.qute.TemplateInstance;
import io.quarkus.security.Authenticated;
import jakarta.ws.rs.BeanParam;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.jboss.resteasy.reactive.RestForm;

/**
 * The page where members of its publisher change an adapter's card, or delete the adapter. Of a repository without an
 * adapter, they change who can see it.
 */
@Path("/{publisher}/{name}")
@Authenticated
@Produces(MediaType.TEXT_HTML)
public class AdapterEditPage {

    @CheckedTemplate
    static class Templates {
        static native TemplateInstance edit(EditPageModel model, FormErrors errors);

        static native TemplateInstance repository(Repository repository, String visibility, FormErrors errors);

        static native TemplateInstance preview(String text);

        static native TemplateInstance delete(DeletionModel model);

        private Templates() {}
    }

    private final AdapterEditing editing;

    AdapterEditPage(AdapterEditing editing) {
        this.editing = editing;
    }

    @GET
    @Path("/edit")
    @Operation(hidden = true)
    public TemplateInstance edit(String publisher, String name) {
        Optional<Repository> repository = editing.ownRepository(publisher, name);
        if (repository.isPresent()) {
            return Templates.repository(
                    repository.get(), repository.get().visibility.word(), FormErrors.NONE);
        }
        return Templates.edit(EditPageModel.of(editing.own(publisher, name)), FormErrors.NONE);
    }

    @POST
    @Path("/edit")
    @Operation(hidden = true)
    public Response save(
            String publisher, String name, @BeanParam AdapterForm form, @RestForm("do") Optional<String> action) {
        Optional<Repository> repository = editing.ownRepository(publisher, name);
        if (repository.isPresent()) return save(repository.get(), form.visibility);
        Adapter adapter = editing.own(publisher, name);
        if (action.filter("preview"::equals).isPresent()) {
            return Response.ok(Templates.edit(EditPageModel.typed(adapter, form, form.description), FormErrors.NONE))
                    .build();
        }
        try {
            editing.change(publisher, name, form.change(), form.edition, List.of());
            return Toast.seeOther("/" + adapter.address(), "Saved.");
        } catch (ProblemException e) {
            TemplateInstance page = isChanged(e)
                    ? Templates.edit(
                            EditPageModel.overtaken(now(() -> editing.own(publisher, name)), form), FormErrors.NONE)
                    : Templates.edit(EditPageModel.typed(adapter, form, null), FormErrors.of(e));
            return Response.status(e.status()).entity(page).build();
        }
    }

    private Response save(Repository repository, String visibility) {
        Optional<Visibility> requested = Optional.ofNullable(visibility).flatMap(Visibility::find);
        if (requested.isEmpty()) {
            return FormErrors.show(
                    ProblemException.invalid(List.of(Visibility.UNKNOWN)),
                    errors -> Templates.repository(repository, Objects.requireNonNullElse(visibility, ""), errors));
        }
        editing.show(repository.id, requested.get());
        return Toast.seeOther(repository.page(), "Saved.");
    }

    @POST
    @Path("/edit/preview")
    @Operation(hidden = true)
    public TemplateInstance preview(String publisher, String name, @RestForm String description) {
        editing.own(publisher, name);
        return previewOf(description);
    }

    /** A description as it will look. */
    public static TemplateInstance previewOf(String description) {
        return Templates.preview(description == null ? "" : description);
    }

    /** A page of its own, because deletion cannot be undone. */
    @GET
    @Path("/delete")
    @Operation(hidden = true)
    public TemplateInstance askBeforeDeleting(String publisher, String name) {
        return Templates.delete(DeletionModel.of(editing.deletableModerated(publisher, name), false));
    }

    @POST
    @Path("/delete")
    @Operation(hidden = true)
    public Response delete(String publisher, String name, @RestForm int edition) {
        ModeratedEntity adapter = editing.deletableModerated(publisher, name);
        String address = adapter.address();
        try {
            editing.delete(publisher, name, edition);
        } catch (ProblemException e) {
            if (!isChanged(e)) throw e;
            ModeratedEntity now = now(() -> editing.deletableModerated(publisher, name));
            return Response.status(e.status())
                    .entity(Templates.delete(DeletionModel.of(now, true)))
                    .build();
        }
        return Toast.seeOther(
                new LocalPath("/" + address.substring(0, address.indexOf('/'))).text(),
                "Deleted %s.".formatted(address));
    }

    private static boolean isChanged(ProblemException e) {
        return e.status() == Response.Status.PRECONDITION_FAILED.getStatusCode();
    }

    /** As currently stored; what this request read before may be out of date. */
    private static <T> T now(Callable<T> find) {
        return QuarkusTransaction.requiringNew().call(find);
    }

    /**
     * Lists what a deletion removes and affects.
     *
     * @param changed whether it has changed since the page with the deletion button was opened
     * @param versions of the adapter; 0 for a repository without one
     * @param compositions versions of other adapters that have a version of it as a part
     * @param runs that have a version of it as a candidate
     */
    public record DeletionModel(ModeratedEntity adapter, boolean changed, long versions, long compositions, long runs) {

        static DeletionModel of(ModeratedEntity moderated, boolean changed) {
            if (!(moderated instanceof Adapter adapter)) return new DeletionModel(moderated, changed, 0, 0, 0);
            return new DeletionModel(
                    adapter,
                    changed,
                    AdapterVersion.count("adapter", adapter),
                    count(adapter, """
                            select count(distinct p.version_id) from version_part p
                              join adapter_version v on v.id = p.part_id
                              join adapter_version made on made.id = p.version_id
                            where v.adapter_id = ?1 and made.adapter_id <> ?1"""),
                    count(adapter, """
                            select count(distinct c.run_id) from composition_candidate c
                              join adapter_version v on v.id = c.version_id where v.adapter_id = ?1"""));
        }

        private static long count(Adapter adapter, String sql) {
            return (Long) Adapter.getEntityManager()
                    .createNativeQuery(sql, Long.class)
                    .setParameter(1, adapter.id)
                    .getSingleResult();
        }
    }
}
