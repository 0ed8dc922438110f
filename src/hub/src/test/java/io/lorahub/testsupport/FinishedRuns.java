package io.lorahub.testsupport;

import static org.awaitility.Awaitility.await;

import io.lorahub.account.Person;
import io.lorahub.account.Role;
import io.lorahub.composition.CompositionRun;
import io.lorahub.composition.RunOwner;
import io.lorahub.composition.RunSpec;
import io.lorahub.composition.RunState;
import io.lorahub.composition.request.RunRequest;
import io.lorahub.composition.request.RunService;
import io.lorahub.demo.DemoHub;
import io.lorahub.engine.learning.Example;
import io.lorahub.engine.model.LayerGroups;
import io.quarkus.narayana.jta.QuarkusTransaction;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/** Runs that a real worker has done. */
@ApplicationScoped
public class FinishedRuns {

    public static final String TASK = "un-past";

    private final Hub hub;
    private final DemoOnHub demo;
    private final RunService runs;

    FinishedRuns(Hub hub, DemoOnHub demo, RunService runs) {
        this.hub = hub;
        this.demo = demo;
        this.runs = runs;
    }

    /**
     * A run of a member over adapters that another member has just published.
     *
     * @param heldOut how many held-out examples it has
     */
    public CompositionRun of(Person member, int heldOut, String... adapters) {
        return over(member, heldOut, demo.publish(hub.person(Role.MEMBER), adapters));
    }

    /** @param candidates addresses of adapters */
    public CompositionRun over(Person member, int heldOut, List<String> candidates) {
        return over(RunOwner.member(member), heldOut, candidates);
    }

    public CompositionRun over(RunOwner owner, int heldOut, List<String> candidates) {
        return over(owner, candidates, spec(heldOut));
    }

    /** A run with a weight in each third of the layers. */
    public CompositionRun inThirds(Person member, List<String> candidates) {
        return over(RunOwner.member(member), candidates, spec(0).withGroups(LayerGroups.THIRDS));
    }

    /** A run whose mix was trained further. */
    public CompositionRun refined(Person member, int heldOut, int steps, List<String> candidates) {
        return over(RunOwner.member(member), candidates, spec(heldOut).withRefineSteps(steps));
    }

    private static RunSpec spec(int heldOut) {
        List<Example> all = DemoHub.open().task(TASK).heldOut();
        return RunSpec.of(DemoHub.open().task(TASK).fewShot(1), all.subList(0, heldOut));
    }

    private CompositionRun over(RunOwner owner, List<String> candidates, RunSpec spec) {
        RunRequest request =
                new RunRequest(TASK, "Puts un before a word and makes it past.", Optional.empty(), candidates, spec);
        UUID id = runs.start(owner, request).id;
        await().atMost(Duration.ofSeconds(60)).until(() -> stored(id).state.isEnded());
        CompositionRun run = stored(id);
        if (run.state != RunState.SUCCEEDED) throw new AssertionError(run.failure);
        return run;
    }

    public CompositionRun stored(UUID id) {
        return QuarkusTransaction.requiringNew().call(() -> {
            CompositionRun run = CompositionRun.findById(id);
            run.files.size();
            run.candidates.stream()
                    .filter(candidate -> !candidate.isDeleted())
                    .forEach(candidate -> candidate.version().adapter.address());
            return run;
        });
    }
}
