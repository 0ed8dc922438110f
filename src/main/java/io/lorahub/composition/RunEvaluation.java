package io.lorahub.composition;

import io.quarkus.hibernate.orm.panache.PanacheEntityBase;
import jakarta.persistence.Column;
import jakarta.persistence.Embeddable;
import jakarta.persistence.EmbeddedId;
import jakarta.persistence.Entity;
import jakarta.persistence.Table;
import java.io.Serializable;
import java.time.Instant;
import java.util.List;
import java.util.UUID;

/** A line of a run's log, as pages show it; workers write it through {@link RunJournal}. */
@Entity
@Table(name = "composition_evaluation")
public class RunEvaluation extends PanacheEntityBase {

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

    /** Those after a number, in order. */
    public static List<RunEvaluation> of(UUID run, int after) {
        return list("id.runId = ?1 and id.number > ?2 order by id.number", run, after);
    }

    /** A page of them in order, from 0. */
    static List<RunEvaluation> page(UUID run, int page, int size) {
        return RunEvaluation.<RunEvaluation>find("id.runId = ?1 order by id.number", run)
                .page(page, size)
                .list();
    }
}
