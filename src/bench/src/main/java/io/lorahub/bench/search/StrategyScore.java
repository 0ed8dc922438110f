package io.lorahub.bench.search;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.lorahub.bench.report.BenchOutput;
import io.lorahub.bench.report.Samples;
import io.lorahub.engine.learning.NearMisses;
import java.util.List;

/** What a strategy reached at a budget, over its runs. */
record StrategyScore(
        String strategy,
        int budget,
        Samples loss,
        Samples exactMatch,
        NearMisses nearMisses,
        Samples adapters,
        Samples evaluations,
        Samples seconds,
        double partsEarly) {

    static StrategyScore of(String strategy, int budget, List<SearchRun> all) {
        List<SearchRun> runs = all.stream()
                .filter(r -> r.strategy().equals(strategy) && r.budget() == budget)
                .toList();
        return new StrategyScore(
                strategy,
                budget,
                Samples.of(runs, SearchRun::loss),
                Samples.of(runs, SearchRun::exactMatch),
                NearMisses.mean(runs.stream().map(SearchRun::nearMisses).toList()),
                Samples.of(runs, SearchRun::adapters),
                Samples.of(runs, SearchRun::evaluations),
                Samples.of(runs, SearchRun::seconds),
                100.0 * runs.stream().filter(SearchRun::hasPartsEarly).count() / runs.size());
    }

    ObjectNode json() {
        double[] interval = exactMatch.meanInterval();
        ObjectNode node = BenchOutput.JSON.createObjectNode();
        node.put("strategy", strategy);
        node.put("budget", budget);
        node.put("runs", loss.sorted().length);
        node.put("loss_median", loss.median());
        node.putArray("loss_quartiles").add(loss.quantile(0.25)).add(loss.quantile(0.75));
        node.put("exact_match_mean", exactMatch.mean());
        node.putArray("exact_match_interval").add(interval[0]).add(interval[1]);
        node.put("all_but_end_mean", nearMisses.end());
        node.put("all_but_case_mean", nearMisses.letters());
        node.put("adapters_median", adapters.median());
        node.put("evaluations_mean", evaluations.mean());
        node.put("seconds_median", seconds.median());
        node.put("parts_early_percent", partsEarly);
        return node;
    }
}
