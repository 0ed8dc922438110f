package io.lorahub.composition.form;

import io.lorahub.account.Person;
import io.lorahub.account.Viewer;
import io.lorahub.composition.CompositionRun;
import io.lorahub.composition.RunOwner;
import io.lorahub.composition.RunRights;
import io.lorahub.composition.request.RunService;
import io.lorahub.engine.learning.Example;
import io.lorahub.examples.Pasted;
import io.lorahub.examples.PastedExamples;
import io.lorahub.web.FormErrors;
import io.lorahub.web.ProblemException;
import io.lorahub.web.Toast;
import io.quarkus.qute.CheckedTemplate;
import io.quarkus.qute.TemplateInstance;
import jakarta.ws.rs.BeanParam;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.DefaultValue;
import jakarta.ws.rs.FormParam;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.net.URI;
import java.util.List;
import java.util.Optional;

/** The form that starts a run. Every action on it saves the entered data as a draft. */
@Path("/compose")
@Produces(MediaType.TEXT_HTML)
public class ComposePage {

    private final Viewer viewer;
    private final ComposeDrafts drafts;
    private final RunService runs;
    private final CandidateFinder finder;
    private final FormPreviews previews;
    private final RunRights rights;

    ComposePage(
            Viewer viewer,
            ComposeDrafts drafts,
            RunService runs,
            CandidateFinder finder,
            FormPreviews previews,
            RunRights rights) {
        this.viewer = viewer;
        this.drafts = drafts;
        this.runs = runs;
        this.finder = finder;
        this.previews = previews;
        this.rights = rights;
    }

    @CheckedTemplate
    static class Templates {
        static native TemplateInstance compose(RunForm form, FormPreviews.Context context, FormErrors errors);

        static native TemplateInstance preview(FormPreview preview);

        private Templates() {}
    }

    /**
     * Opens the form. The opened form does not become a draft until it is changed.
     *
     * @param from  a run to repeat with changes
     * @param known how many of its evaluations may be reused
     */
    @GET
    public Response form(
            @QueryParam("from") Optional<String> from, @QueryParam("known") @DefaultValue("") String known) {
        Person person = viewer.require();
        RunForm form = from.map(run -> RunForm.of(rights.visible(run), known)).orElseGet(() -> drafts.opened(person));
        return Response.ok(page(Optional.of(person), form, FormErrors.NONE)).build();
    }

    @POST
    @Consumes({MediaType.MULTIPART_FORM_DATA, MediaType.APPLICATION_FORM_URLENCODED})
    public Response send(@BeanParam RunForm form) {
        RunForm.ReadExamples read = form.sent().readExamples();
        if (!viewer.isSignedIn()) return signedOut(form);
        Person person = viewer.require();
        try {
            RunOwner owner = RunOwner.member(person);
            if (form.action.equals("start")) return start(person, form, read);
            if (!read.faults().isEmpty()) throw ProblemException.invalid(read.faults());
            if (form.action.equals("suggest")) return suggested(person, form, finder.suggest(owner, form));
            if (form.action.equals("suggested")) return suggested(person, form, finder.take(owner, form));
            String place = drafts.apply(form);
            drafts.save(person, form);
            return seeOther("/compose#" + place, read.notes());
        } catch (ProblemException e) {
            drafts.save(person, form);
            return Response.status(e.status())
                    .entity(page(Optional.of(person), form, FormErrors.of(e)))
                    .build();
        }
    }

    /** Shows the form again when the session has expired, so that the entered data is not lost. */
    private Response signedOut(RunForm form) {
        return Response.status(401)
                .entity(page(Optional.empty(), form, FormErrors.NONE))
                .build();
    }

    /** Shows how the hub parses rows that are pasted into a cell. */
    @POST
    @Path("/rows")
    @Consumes(MediaType.APPLICATION_FORM_URLENCODED)
    @Produces(MediaType.APPLICATION_JSON)
    public Rows rows(@FormParam("pasted") @DefaultValue("") String text) {
        viewer.require();
        Pasted pasted = PastedExamples.read("Pasted rows", text);
        return new Rows(pasted.examples(), pasted.notes(), pasted.firstFaults());
    }

    /**
     * @param notes  how the rows were parsed
     * @param faults errors of rows that cannot be read
     */
    public record Rows(List<Example> examples, List<String> notes, List<String> faults) {}

    /** The parts of the form that follow from what is entered; the form's script asks for them after a change. */
    @POST
    @Path("/preview")
    @Consumes({MediaType.MULTIPART_FORM_DATA, MediaType.APPLICATION_FORM_URLENCODED})
    public TemplateInstance preview(@BeanParam RunForm form) {
        Person person = viewer.require();
        RunForm sent = form.sent();
        return Templates.preview(previews.of(Optional.of(person), sent, finder.rows(sent.candidates, sent.baseModel)));
    }

    /** Saves the entered data when the visitor leaves the page. */
    @POST
    @Path("/draft")
    @Consumes({MediaType.MULTIPART_FORM_DATA, MediaType.APPLICATION_FORM_URLENCODED})
    public void saveDraft(@BeanParam RunForm form) {
        drafts.save(viewer.require(), form.sent());
    }

    @POST
    @Path("/afresh")
    public Response clear() {
        drafts.discard(viewer.require());
        return Toast.seeOther("/compose", "Form cleared.");
    }

    private Response start(Person person, RunForm form, RunForm.ReadExamples read) {
        Optional<CompositionRun> before = form.before().map(id -> rights.visible(id.toString()));
        CompositionRun run = runs.start(RunOwner.member(person), form.request(read, before));
        drafts.discard(person);
        return seeOther("/runs/" + run.id, read.notes());
    }

    private static Response seeOther(String path, List<String> notes) {
        return notes.isEmpty()
                ? Response.seeOther(URI.create(path)).build()
                : Toast.seeOther(path, String.join(" ", notes));
    }

    private Response suggested(Person person, RunForm form, String sentence) {
        drafts.save(person, form);
        return Toast.seeOther("/compose#candidates", sentence);
    }

    private TemplateInstance page(Optional<Person> person, RunForm form, FormErrors errors) {
        return Templates.compose(form, previews.context(person, form), errors);
    }
}
