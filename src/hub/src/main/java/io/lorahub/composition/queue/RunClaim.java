package io.lorahub.composition.queue;

import io.lorahub.composition.CompositionRun;
import io.lorahub.composition.RunSpec;
import io.lorahub.engine.model.Precision;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/** A run that a worker has claimed, with all data that it needs, read in one transaction. */
public final class RunClaim {

    public final UUID id;

    /** Number by which the worker proves that it still holds the run. */
    public final int claim;

    public final RunSpec spec;

    /** Name of the base model. */
    public final String baseName;

    /** Memory that its weights take in the run's number type. */
    public final long baseBytes;

    /** SHA-256 of the base model's files, by name. */
    public final Map<String, String> base;

    /** SHA-256 of the files by name, by the candidates' addresses, in the order of the weights. */
    public final Map<String, Map<String, String>> candidates;

    /** Labels of the candidates' versions, by the candidates' addresses. */
    public final Map<String, String> versions;

    /** Whether the search has ended with what the log has. */
    public final boolean finishing;

    /** Whether it belongs to a visitor, whose searches have a time limit. */
    public final boolean ofVisitor;

    /** Time spent in the model so far, in seconds. */
    public final double seconds;

    /** Evaluations to reuse from another run. */
    public final Optional<Fork> fork;

    /**
     * The source of known evaluations.
     *
     * @param evaluations number of evaluations to reuse, from the first
     * @param l1          regularisation of the other run
     */
    public record Fork(UUID run, int evaluations, double l1) {}

    public RunClaim(CompositionRun run) {
        Map<String, Map<String, String>> candidates = new LinkedHashMap<>();
        Map<String, String> versions = new LinkedHashMap<>();
        run.candidates.forEach(c -> {
            candidates.put(c.address(), Map.copyOf(c.version().files));
            versions.put(c.address(), c.label());
        });
        id = run.id;
        claim = run.claim;
        finishing = run.isFinishing();
        ofVisitor = run.visitor != null;
        seconds = run.seconds;
        spec = run.spec;
        baseName = run.baseModel.name;
        baseBytes = run.baseModel.parameters * (run.spec.dtype() == Precision.FLOAT32 ? Float.BYTES : Short.BYTES);
        base = Map.copyOf(run.baseModel.files);
        this.candidates = candidates;
        this.versions = versions;
        fork = run.forkOf == null || run.forkEvaluations == 0
                ? Optional.empty()
                : Optional.of(new Fork(run.forkOf.id, run.forkEvaluations, run.forkOf.spec.l1()));
    }

    public List<String> names() {
        return List.copyOf(candidates.keySet());
    }
}
