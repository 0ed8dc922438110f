package io.lorahub.composition.form;

import io.lorahub.account.Viewer;
import io.lorahub.composition.CompositionConfig;
import io.lorahub.composition.CompositionRun;
import io.lorahub.composition.RunOwner;
import io.lorahub.composition.RunResults;
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
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The form that starts a run. Every action on it saves the entered data as a draft. */
@Path("/compose")
@Produces(MediaType.TEXT_HTML)
public class ComposePage {

    /** Begins the names of the buttons on the page of a run's result. */
    private static final String AGAIN = "again-";

    private final Viewer viewer;
    private final ComposeDrafts drafts;
    private final RunService runs;
    private final CandidateFinder finder;
    private final FormPreviews previews;
    private final RunRights rights;
    private final RunResults results;
    private final CompositionConfig limits;

    ComposePage(
            Viewer viewer,
            ComposeDrafts drafts,
            RunService runs,
            CandidateFinder finder,
            FormPreviews previews,
            RunRights rights,
            RunResults results,
            CompositionConfig limits) {
        this.viewer = viewer;
        this.drafts = drafts;
        this.runs = runs;
        this.finder = finder;
        this.previews = previews;
        this.rights = rights;
        this.results = results;
        this.limits = limits;
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
     * @param base  name of the base model for a form that has neither one nor candidates
     */
    @GET
    public Response form(
            @QueryParam("from") Optional<String> from,
            @QueryParam("known") @DefaultValue("") String known,
            @QueryParam("base_model") @DefaultValue("") String base) {
        rights.requireMayCompose();
        RunForm form =
                from.map(run -> RunForm.of(rights.visible(run), known)).orElseGet(() -> drafts.opened(rights.owner()));
        if (form.baseModel.isBlank() && form.candidates.isEmpty()) form.baseModel = base;
        return Response.ok(page(rights.owner(), form, FormErrors.NONE)).build();
    }

    @POST
    @Consumes({MediaType.MULTIPART_FORM_DATA, MediaType.APPLICATION_FORM_URLENCODED})
    public Response send(@BeanParam RunForm form) {
        RunForm.ReadExamples read = form.sent(limits.candidates()).readExamples();
        if (!limits.visitors() && !viewer.isSignedIn()) return signedOut(form);
        return rights.answer(owner -> answer(owner, form, read));
    }

    private Response answer(RunOwner owner, RunForm sent, RunForm.ReadExamples read) {
        String action = sent.action;
        // what the result of an earlier run advises begins with that run's request
        RunForm form = action.startsWith(AGAIN) ? RunForm.of(rights.visible(sent.from), "") : sent;
        try {
            if (action.equals("start")) return start(owner, form, read);
            if (!read.faults().isEmpty()) throw ProblemException.invalid(read.faults());
            if (action.equals("suggest") || action.equals(AGAIN + "suggested")) {
                return suggested(owner, form, finder.suggest(owner, form));
            }
            if (action.equals("suggested")) return suggested(owner, form, finder.take(owner, form));
            if (action.equals(AGAIN + "examples")) return withMoreExamples(owner, form);
            if (action.equals(AGAIN + "labels")) return withInputs(owner, form, sent.examples);
            String place = drafts.apply(form);
            drafts.save(owner, form);
            return seeOther("/compose#" + place, read.notes());
        } catch (ProblemException e) {
            drafts.save(owner, form);
            return Response.status(e.status())
                    .entity(page(Optional.of(owner), form, FormErrors.of(e)))
                    .build();
        }
    }

    private Response withMoreExamples(RunOwner owner, RunForm form) {
        CompositionRun run = rights.visible(form.from);
        int taken = form.takeWrong(run.spec.heldOut(), results.of(run).written().predictions());
        drafts.save(owner, form);
        return Toast.seeOther(
                "/compose#task",
                "%s that came out wrong %s now examples; the others stay held out."
                        .formatted(
                                taken == 1 ? "One held-out example" : taken + " held-out examples",
                                taken == 1 ? "is" : "are"));
    }

    /** Adds inputs to label to a draft that already repeats the run, so that nothing labelled is lost, or to a new one. */
    private Response withInputs(RunOwner owner, RunForm begun, List<Example> inputs) {
        RunForm form = drafts.opened(Optional.of(owner));
        if (!form.from.equals(begun.from)) form = begun;
        Set<String> present = form.examples.stream().map(Example::input).collect(Collectors.toSet());
        form.examples = Stream.concat(
                        form.filled().stream(), inputs.stream().filter(example -> present.add(example.input())))
                .toList();
        drafts.save(owner, form);
        int first = form.examples.stream().map(Example::output).toList().indexOf("");
        String place = first < 0 ? "task" : "output-" + (first + 1); // the cursor is in it then
        return Toast.seeOther("/compose#" + place, "Write the outputs that you want beside the new inputs.");
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
        rights.requireMayCompose();
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
        rights.requireMayCompose();
        RunForm sent = form.sent(limits.candidates());
        return Templates.preview(previews.of(rights.owner(), sent, finder.rows(sent.candidates, sent.baseModel)));
    }

    /** Saves the entered data when the viewer leaves the page. */
    @POST
    @Path("/draft")
    @Consumes({MediaType.MULTIPART_FORM_DATA, MediaType.APPLICATION_FORM_URLENCODED})
    public Response saveDraft(@BeanParam RunForm form) {
        rights.requireMayCompose();
        return rights.answer(owner -> {
            drafts.save(owner, form.sent(limits.candidates()));
            return Response.noContent().build();
        });
    }

    @POST
    @Path("/afresh")
    public Response clear() {
        rights.requireMayCompose();
        rights.owner().ifPresent(drafts::discard);
        return Toast.seeOther("/compose", "Form cleared.");
    }

    private Response start(RunOwner owner, RunForm form, RunForm.ReadExamples read) {
        Optional<CompositionRun> before = form.before().map(id -> rights.visible(id.toString()));
        CompositionRun run = runs.start(owner, form.request(read, before));
        drafts.discard(owner);
        return seeOther("/runs/" + run.id, read.notes());
    }

    private static Response seeOther(String path, List<String> notes) {
        return notes.isEmpty()
                ? Response.seeOther(URI.create(path)).build()
                : Toast.seeOther(path, String.join(" ", notes));
    }

    private Response suggested(RunOwner owner, RunForm form, String sentence) {
        drafts.save(owner, form);
        return Toast.seeOther("/compose#candidates", sentence);
    }

    private TemplateInstance page(Optional<RunOwner> owner, RunForm form, FormErrors errors) {
        return Templates.compose(form, previews.context(owner, form), errors);
    }
}
