package io.lorahub.composition.queue;

import io.lorahub.composition.CompositionRun;
import io.lorahub.composition.RunSpec;
import io.lorahub.engine.model.Precision;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/**
 * A run that a worker has claimed, with all data that it needs, read in one transaction.
 *
 * @param claim      number by which the worker proves that it still holds the run
 * @param baseName   name of the base model
 * @param baseBytes  memory that its weights take in the run's number type
 * @param base       SHA-256 of the base model's files, by name
 * @param candidates SHA-256 of the files by name, by the candidates' addresses, in the order of the weights
 * @param versions   labels of the candidates' versions, by the candidates' addresses
 * @param fork       evaluations to reuse from another run
 */
public record RunClaim(
        UUID id,
        int claim,
        RunSpec spec,
        String baseName,
        long baseBytes,
        Map<String, String> base,
        Map<String, Map<String, String>> candidates,
        Map<String, String> versions,
        Optional<Fork> fork) {

    /**
     * The source of known evaluations.
     *
     * @param evaluations number of evaluations to reuse, from the first
     * @param l1          regularisation of the other run
     */
    public record Fork(UUID run, int evaluations, double l1) {}

    public static RunClaim of(CompositionRun run) {
        Map<String, Map<String, String>> candidates = new LinkedHashMap<>();
        Map<String, String> versions = new LinkedHashMap<>();
        run.candidates.forEach(c -> {
            candidates.put(c.address(), Map.copyOf(c.version().files));
            versions.put(c.address(), c.label());
        });
        return new RunClaim(
                run.id,
                run.claim,
                run.spec,
                run.baseModel.name,
                run.baseModel.parameters * (run.spec.dtype() == Precision.FLOAT32 ? Float.BYTES : Short.BYTES),
                Map.copyOf(run.baseModel.files),
                candidates,
                versions,
                run.forkOf == null || run.forkEvaluations == 0
                        ? Optional.empty()
                        : Optional.of(new Fork(run.forkOf.id, run.forkEvaluations, run.forkOf.spec.l1())));
    }

    public List<String> names() {
        return List.copyOf(candidates.keySet());
    }
}
