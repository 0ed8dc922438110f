package io.lorahub.composition.live;

import io.lorahub.composition.CompositionRun;
import io.lorahub.composition.RunOwner;
import io.lorahub.composition.RunResult;
import io.lorahub.composition.RunResults;
import io.lorahub.composition.RunState;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.persistence.EntityManager;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
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
    private final RunResults results;

    RunList(EntityManager entities, RunResults results) {
        this.entities = entities;
        this.results = results;
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

    /**
     * Which runs to list.
     *
     * @param state  empty for all
     * @param before only runs created earlier; empty for the first page
     * @param words  that their title, description or the address of a candidate contains, as typed; empty for all
     */
    public record Query(Optional<RunState> state, Optional<Instant> before, String words) {}

    /**
     * A run with the course of its search.
     *
     * @param right the share of the held-out examples that the mix gets right; null if there are none, or no result yet
     */
    public record Row(CompositionRun run, Sparkline line, RunResult.Share right) {

        /** How many of the examples come out exactly right: "18 of 30". */
        public String count() {
            return "%d of %d".formatted(right.right(), right.count());
        }
    }

    /** @param next creation time of the first run on the next page; empty on the last page */
    public record Page(List<Row> rows, Optional<Instant> next) {}

    /** Finds runs of an owner, newest first. */
    public List<CompositionRun> find(RunOwner owner, Query query, int most) {
        StringBuilder which = new StringBuilder("from CompositionRun run where ");
        Map<String, Object> values = new HashMap<>();
        which.append(owner.person().isPresent() ? "run.person = :owner" : "run.visitor = :owner");
        values.put(
                "owner",
                owner.person().isPresent()
                        ? owner.person().get()
                        : owner.visitor().orElseThrow());
        query.state.ifPresent(state -> {
            which.append(" and run.state = :state");
            values.put("state", state);
        });
        query.before.ifPresent(before -> {
            which.append(" and run.createdAt < :before");
            values.put("before", before);
        });
        if (!query.words.isBlank()) {
            which.append(
                    " and (lower(run.title) like :words escape '!' or lower(run.description) like :words escape '!'"
                            + " or exists (select 1 from run.candidates one where lower(one.address) like :words escape '!'))");
            values.put(
                    "words", "%" + query.words.strip().toLowerCase(Locale.ROOT).replaceAll("[!%_]", "!$0") + "%");
        }
        return CompositionRun.<CompositionRun>find(which + " order by run.createdAt desc, run.id", values)
                .page(0, most)
                .list();
    }

    public Page page(RunOwner owner, Query query) {
        List<CompositionRun> rows = find(owner, query, PAGE + 1);
        boolean more = rows.size() > PAGE;
        List<CompositionRun> shown = more ? rows.subList(0, PAGE) : rows;
        Map<UUID, List<Double>> bests = bests(shown);
        return new Page(
                shown.stream()
                        .map(run -> new Row(
                                run,
                                Sparkline.of(bests.getOrDefault(run.id, List.of())),
                                run.result == null
                                        ? null
                                        : results.of(run).written().heldOut()))
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
