package io.lorahub.composition.request;

import io.lorahub.adapter.Adapter;
import io.lorahub.basemodel.BaseModelRecord;
import io.lorahub.composition.CompositionConfig;
import io.lorahub.composition.CompositionRun;
import io.lorahub.composition.RunOwner;
import io.lorahub.composition.RunSpec;
import io.lorahub.demo.DemoHub;
import io.lorahub.demo.DemoTask;
import io.lorahub.engine.model.LayerGroups;
import io.lorahub.web.ProblemException;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.List;
import java.util.Optional;

/** Runs of the demo hub's tasks, which visitors may start without an account. */
@ApplicationScoped
public class DemoRuns {

    /** Number of held-out examples: enough for a meaningful score, and evaluated in about a second. */
    private static final int HELD_OUT = 100;

    private final RunService runs;
    private final CompositionConfig limits;

    DemoRuns(RunService runs, CompositionConfig limits) {
        this.runs = runs;
        this.limits = limits;
    }

    /** The prepared tasks; empty if this hub does not have the demo hub's base model. */
    List<DemoTask> tasks() {
        return BaseModelRecord.named(DemoHub.BASE_MODEL).isPresent()
                ? DemoHub.open().tasks()
                : List.of();
    }

    /** The demo hub's adapters that still exist. */
    public List<String> candidates() {
        List<String> names = DemoHub.open().adapters().stream()
                .map(DemoHub.DemoAdapter::name)
                .toList();
        List<Adapter> adapters = Adapter.list(
                "from Adapter a join fetch a.publisher p where p.name = 'demo' and a.name in ?1 and a.baseModel = ?2"
                        + " and a.listed order by a.id",
                names,
                DemoHub.BASE_MODEL);
        return adapters.stream()
                .map(Adapter::address)
                .limit(limits.candidates())
                .toList();
    }

    /** @throws ProblemException if there is no such task, or there are too many runs */
    public CompositionRun start(RunOwner owner, String name) {
        DemoTask task = tasks().stream()
                .filter(t -> t.name().equals(name))
                .findFirst()
                .orElseThrow(() -> ProblemException.notFound("prepared task"));
        RunSpec spec = RunSpec.of(
                        task.fewShot(1), task.heldOut().stream().limit(HELD_OUT).toList())
                .withGroups(LayerGroups.AUTO);
        return runs.startPrepared(
                owner,
                new RunRequest(
                        task.name(),
                        "A prepared task of the demo hub.",
                        Optional.of(DemoHub.BASE_MODEL),
                        candidates(),
                        spec));
    }
}
