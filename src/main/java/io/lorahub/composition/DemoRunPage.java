package io.lorahub.composition;

import io.lorahub.account.BrowserContext;
import io.lorahub.account.Secret;
import io.lorahub.engine.learning.Example;
import io.quarkus.qute.CheckedTemplate;
import io.quarkus.qute.TemplateInstance;
import jakarta.ws.rs.DefaultValue;
import jakarta.ws.rs.FormParam;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.net.URI;
import java.util.List;
import java.util.Optional;

/** Tasks that are prepared, so that one sees LoraHub at work before one has adapters or an account. */
@Path("/compose/demo")
@Produces(MediaType.TEXT_HTML)
public class DemoRunPage {

    private static final int SHOWN = 3;

    private final DemoRuns demo;
    private final RunRights rights;
    private final CompositionConfig limits;
    private final BrowserContext visitor;

    DemoRunPage(DemoRuns demo, RunRights rights, CompositionConfig limits, BrowserContext visitor) {
        this.demo = demo;
        this.rights = rights;
        this.limits = limits;
        this.visitor = visitor;
    }

    /** A task with a few of its examples. */
    record Task(String name, List<Example> examples) {}

    @CheckedTemplate
    static class Templates {
        static native TemplateInstance demo(List<Task> tasks, int candidates);

        private Templates() {}
    }

    @GET
    public TemplateInstance demo() {
        List<Task> tasks = demo.tasks().stream()
                .map(task -> new Task(
                        task.name(), task.fewShot(1).stream().limit(SHOWN).toList()))
                .toList();
        return Templates.demo(tasks, demo.candidates().size());
    }

    /** A visitor gets a cookie by which the run is found again. */
    @POST
    public Response start(@FormParam("task") @DefaultValue("un-past") String task) {
        Optional<RunOwner> known = rights.owner();
        if (known.isPresent()) return answer(demo.start(known.get(), task)).build();
        Secret secret = Secret.random("");
        CompositionRun run = demo.start(RunOwner.visitor(VisitorCookie.hash(secret)), task);
        return answer(run)
                .cookie(VisitorCookie.of(secret, limits.visitorRuns(), visitor.isSecure()))
                .build();
    }

    private static Response.ResponseBuilder answer(CompositionRun run) {
        return Response.seeOther(URI.create("/runs/" + run.id));
    }
}
