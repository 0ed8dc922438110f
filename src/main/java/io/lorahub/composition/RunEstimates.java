package io.lorahub.composition;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.persistence.EntityManager;
import java.util.Optional;

/** Measured speed of the last runs. */
@ApplicationScoped
public class RunEstimates {

    /** The median of a run's seconds by unit of budget, and of what it took beside the search; of the last 20 runs. */
    private static final String MEASURED = """
            select percentile_cont(0.5) within group (order by seconds / spent),
                   percentile_cont(0.5) within group
                     (order by greatest(0, extract(epoch from ended_at - started_at) - seconds)),
                   coalesce(sum(spent), 0)
            from (select r.* from composition_run r join base_model b on b.id = r.base_model_id
                  where r.state = 'SUCCEEDED' and r.spent > 0 and (b.name = :base or :base = '')
                  order by r.ended_at desc limit 20) latest""";

    private final EntityManager entities;

    RunEstimates(EntityManager entities) {
        this.entities = entities;
    }

    /** @param baseModel by name; empty for any */
    public RunEstimate of(String baseModel, int budget) {
        Object[] row = (Object[]) entities.createNativeQuery(MEASURED)
                .setParameter("base", baseModel)
                .getSingleResult();
        return new RunEstimate(
                budget,
                Optional.ofNullable((Number) row[0]).map(Number::doubleValue),
                row[1] == null ? 0 : ((Number) row[1]).doubleValue(),
                ((Number) row[2]).longValue(),
                CompositionRun.count("state = 'QUEUED'"));
    }
}
