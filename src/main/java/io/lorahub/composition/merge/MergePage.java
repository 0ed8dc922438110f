package io.lorahub.composition.merge;

import io.lorahub.adapter.AdapterVersion;
import io.lorahub.browse.candidates.CandidateBasket;
import io.lorahub.composition.RunRights;
import io.lorahub.composition.task.WorkerTasks;
import io.lorahub.engine.lora.merge.MajoritySign;
import io.lorahub.engine.lora.merge.MergeMethod;
import io.lorahub.engine.names.EnumNames;
import io.lorahub.web.FormErrors;
import io.lorahub.web.LocalPath;
import io.lorahub.web.ProblemException;
import io.quarkus.qute.CheckedTemplate;
import io.quarkus.qute.TemplateInstance;
import jakarta.ws.rs.BeanParam;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.eclipse.microprofile.openapi.annotations.Operation;

/** Merges the candidates without a search. */
@Path("/compose/merge")
@Produces(MediaType.TEXT_HTML)
public class MergePage {

    /** Most merges of small adapters are done within this time, so that the next page shows the result at once. */
    private static final Duration PATIENCE = Duration.ofSeconds(3);

    private final CandidateBasket basket;
    private final Merges merges;
    private final RunRights rights;
    private final WorkerTasks tasks;

    MergePage(CandidateBasket basket, Merges merges, RunRights rights, WorkerTasks tasks) {
        this.basket = basket;
        this.merges = merges;
        this.rights = rights;
        this.tasks = tasks;
    }

    @CheckedTemplate
    static class Templates {
        static native TemplateInstance form(
                MergeForm form, List<String> methods, List<String> signs, FormErrors errors);

        static native TemplateInstance show(MergeView merge, Optional<AdapterVersion> published);

        private Templates() {}
    }

    @GET
    @Operation(hidden = true)
    public TemplateInstance form() {
        return form(MergeForm.of(basket.addresses()), FormErrors.NONE);
    }

    private static TemplateInstance form(MergeForm form, FormErrors errors) {
        return Templates.form(
                form,
                Arrays.stream(MergeMethod.values()).map(MergeMethod::toString).toList(),
                EnumNames.all(MajoritySign.class),
                errors);
    }

    @POST
    @Operation(hidden = true)
    public Response start(@BeanParam MergeForm form) {
        try {
            return rights.seeOther(owner -> {
                rights.requireMayCompute("merge adapters");
                UUID id = merges.start(owner, form.request(), Optional.empty());
                tasks.await(id, PATIENCE);
                return new LocalPath("/compose/merge/" + id).uri();
            });
        } catch (ProblemException e) {
            return FormErrors.show(e, errors -> form(form, errors));
        }
    }

    @GET
    @Path("/{id}")
    @Operation(hidden = true)
    public TemplateInstance show(String id) {
        return Templates.show(merges.of(rights.owner(), id), merges.published(rights.owner(), id));
    }
}
