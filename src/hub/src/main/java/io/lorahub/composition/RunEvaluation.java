package io.lorahub.composition;

import io.quarkus.hibernate.orm.panache.PanacheEntityBase;
import jakarta.persistence.Column;
import jakarta.persistence.Embeddable;
import jakarta.persistence.EmbeddedId;
import jakarta.persistence.Entity;
import jakarta.persistence.FlushModeType;
import jakarta.persistence.Table;
import java.io.Serializable;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Function;
import java.util.stream.Collectors;

/** A line of a run's log, as shown on pages; workers write it through {@code RunJournal}. */
@Entity
@Table(name = "composition_evaluation")
public class RunEvaluation extends PanacheEntityBase {

    /** Compares the objectives in the database, and reads the weights of the best evaluations only. */
    private static final String BESTS = """
            select e.* from composition_evaluation e join (
              select distinct on (run_id) run_id, number from composition_evaluation
               where run_id in (:runs) order by run_id, objective, number) best using (run_id, number)""";

    @Embeddable
    public record Id(@Column(name = "run_id") UUID runId, int number) implements Serializable {}

    @EmbeddedId
    public Id id;

    public int cost;

    public double[] weights;

    public double objective;

    public double loss;

    public double seconds;

    public Instant at;

    /** The evaluations after a number, in order. */
    public static List<RunEvaluation> of(UUID run, int after) {
        return list("id.runId = ?1 and id.number > ?2 order by id.number", run, after);
    }

    /** For each of these runs, the evaluation with the lowest objective; runs without evaluations are left out. */
    public static Map<UUID, RunEvaluation> bests(Collection<UUID> runs) {
        if (runs.isEmpty()) return Map.of();
        List<?> bests = getEntityManager()
                .createNativeQuery(BESTS, RunEvaluation.class)
                .setParameter("runs", runs)
                // nothing needs flushing, because evaluations are written without Hibernate; a flush would end the
                // batches in which the runs' collections are read
                .setFlushMode(FlushModeType.COMMIT)
                .getResultList();
        return bests.stream()
                .map(RunEvaluation.class::cast)
                .collect(Collectors.toMap(best -> best.id.runId(), Function.identity()));
    }

    /** A page of a run's evaluations in order; pages are numbered from 0. */
    public static List<RunEvaluation> page(UUID run, int page, int size) {
        return RunEvaluation.<RunEvaluation>find("id.runId = ?1 order by id.number", run)
                .page(page, size)
                .list();
    }
}
