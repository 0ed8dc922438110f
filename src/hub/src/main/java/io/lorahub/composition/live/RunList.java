package io.lorahub.composition.live;

import io.lorahub.composition.CompositionRun;
import io.lorahub.composition.RunOwner;
import io.lorahub.composition.RunState;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.persistence.EntityManager;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/** The runs of an owner, newest first. */
@ApplicationScoped
public class RunList {

    static final int PAGE = 20;

    private static final String BESTS = """
            select run_id, array_agg(best order by number)
            from (select run_id, number, min(objective) over (partition by run_id order by number) as best
                  from composition_evaluation where run_id in (:runs)) running
            group by run_id""";

    private final EntityManager entities;

    RunList(EntityManager entities) {
        this.entities = entities;
    }

    /**
     * A small drawing of the best objective so far over a run; positions are percentages. The scale is linear from the
     * first value to the last.
     */
    record Sparkline(List<Line> lines) {

        record Line(double x1, double y1, double x2, double y2) {}

        /** Maximum number of points drawn. */
        private static final int POINTS = 40;

        /** @param bests values in order, decreasing */
        static Sparkline of(List<Double> bests) {
            List<Line> lines = new ArrayList<>();
            if (bests.size() < 2) return new Sparkline(lines);
            double top = bests.get(0);
            double span = Math.max(top - bests.get(bests.size() - 1), 1e-12);
            int step = Math.max(1, bests.size() / POINTS);
            double x = 0;
            double y = 5;
            for (int i = step; i < bests.size(); i += step) {
                double nextX = 100.0 * i / (bests.size() - 1);
                double nextY = 5 + 90 * (top - bests.get(i)) / span;
                lines.add(new Line(x, y, nextX, nextY));
                x = nextX;
                y = nextY;
            }
            return new Sparkline(lines);
        }
    }

    /** A run with the course of its search. */
    public record Row(CompositionRun run, Sparkline line) {}

    /** @param next creation time of the first run on the next page; empty on the last page */
    public record Page(List<Row> rows, Optional<Instant> next) {}

    /**
     * Finds runs of an owner.
     *
     * @param state  empty for all
     * @param before only runs created earlier; empty for the first page
     */
    public List<CompositionRun> find(RunOwner owner, Optional<RunState> state, Optional<Instant> before, int most) {
        String mine = owner.person().isPresent() ? "person = :owner" : "visitor = :owner";
        Map<String, Object> values = new HashMap<>();
        values.put(
                "owner",
                owner.person().isPresent()
                        ? owner.person().get()
                        : owner.visitor().orElseThrow());
        String query = mine;
        if (state.isPresent()) {
            query += " and state = :state";
            values.put("state", state.get());
        }
        if (before.isPresent()) {
            query += " and createdAt < :before";
            values.put("before", before.get());
        }
        return CompositionRun.<CompositionRun>find(query + " order by createdAt desc, id", values)
                .page(0, most)
                .list();
    }

    public Page page(RunOwner owner, Optional<RunState> state, Optional<Instant> before) {
        List<CompositionRun> rows = find(owner, state, before, PAGE + 1);
        boolean more = rows.size() > PAGE;
        List<CompositionRun> shown = more ? rows.subList(0, PAGE) : rows;
        Map<UUID, List<Double>> bests = bests(shown);
        return new Page(
                shown.stream()
                        .map(run -> new Row(run, Sparkline.of(bests.getOrDefault(run.id, List.of()))))
                        .toList(),
                more ? Optional.of(shown.get(shown.size() - 1).createdAt) : Optional.empty());
    }

    @SuppressWarnings("unchecked")
    private Map<UUID, List<Double>> bests(List<CompositionRun> runs) {
        if (runs.isEmpty()) return Map.of();
        List<Object[]> rows = entities.createNativeQuery(BESTS)
                .setParameter("runs", runs.stream().map(run -> run.id).toList())
                .getResultList();
        Map<UUID, List<Double>> bests = new HashMap<>();
        for (Object[] row : rows) bests.put((UUID) row[0], List.of((Double[]) row[1]));
        return bests;
    }
}
