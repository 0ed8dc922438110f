package io.lorahub.composition.queue;

import io.lorahub.account.Person;
import io.lorahub.composition.CompositionRun;
import io.lorahub.composition.RunOwner;
import io.lorahub.composition.RunSpec;
import io.lorahub.composition.request.RunRequest;
import io.lorahub.composition.request.RunService;
import io.lorahub.demo.DemoHub;
import io.quarkus.narayana.jta.QuarkusTransaction;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.persistence.EntityManager;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/** Rows for waiting runs and for workers that don't exist, for tests without workers. */
@ApplicationScoped
public class PoolRows {

    private final RunService runs;
    private final RunStates states;
    private final EntityManager entities;

    PoolRows(RunService runs, RunStates states, EntityManager entities) {
        this.runs = runs;
        this.states = states;
        this.entities = entities;
    }

    public void clear() {
        for (String table : List.of("composition_run", "composition_queue", "worker")) sql("delete from " + table);
    }

    public void sql(String text) {
        QuarkusTransaction.requiringNew()
                .run(() -> entities.createNativeQuery(text).executeUpdate());
    }

    /** A run of the task un-past that nobody has taken yet. */
    public UUID waiting(RunOwner owner, String title, List<String> candidates) {
        RunSpec spec = RunSpec.of(DemoHub.open().task("un-past").fewShot(1), List.of());
        return runs.start(owner, new RunRequest(title, "", Optional.empty(), candidates, spec)).id;
    }

    public UUID failed(Person person, String title, List<String> candidates) {
        UUID run = waiting(RunOwner.member(person), title, candidates);
        states.fail(states.take(run).orElseThrow(), "The candidate demo/un has no files.");
        sql("delete from composition_queue where task_instance = '%s'".formatted(run));
        return run;
    }

    /** @param seen how long ago it gave a sign, as an interval */
    public void worker(String name, String device, int running, String seen) {
        sql("""
                insert into worker (name, device, cores, memory, version, slots, models, running, speed, seen_at)
                values ('%s', '%s', 4, 4000000000, '1.0.0', 2, array['lorahub/demo-base'], %d, 51.3, now() - interval '%s')""".formatted(name, device, running, seen));
    }

    /** With its candidates and base model. */
    public CompositionRun stored(UUID id) {
        return QuarkusTransaction.requiringNew().call(() -> {
            CompositionRun run = CompositionRun.findById(id);
            run.candidates.size();
            run.baseModel.name.length();
            return run;
        });
    }
}
