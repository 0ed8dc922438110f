package io.lorahub.composition.request;

import io.lorahub.composition.RunRights;
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

/** Prepared tasks that show LoraHub at work to visitors who have no adapters or account yet. */
@Path("/compose/demo")
@Produces(MediaType.TEXT_HTML)
public class DemoRunPage {

    private static final int SHOWN = 3;

    private final DemoRuns demo;
    private final RunRights rights;

    DemoRunPage(DemoRuns demo, RunRights rights) {
        this.demo = demo;
        this.rights = rights;
    }

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

    @POST
    public Response start(@FormParam("task") @DefaultValue("un-past") String task) {
        return rights.seeOther(owner -> URI.create("/runs/" + demo.start(owner, task).id));
    }
}
