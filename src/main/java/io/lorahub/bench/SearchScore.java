package io.lorahub.bench;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.function.ToDoubleFunction;

/** What a strategy reached at a budget, over its runs. */
record SearchScore(
        String strategy,
        int budget,
        Samples loss,
        Samples exactMatch,
        Samples adapters,
        Samples evaluations,
        Samples seconds) {

    static SearchScore of(String strategy, int budget, List<SearchRun> all) {
        List<SearchRun> runs = all.stream()
                .filter(r -> r.strategy().equals(strategy) && r.budget() == budget)
                .toList();
        return new SearchScore(
                strategy,
                budget,
                sample(runs, SearchRun::loss),
                sample(runs, SearchRun::exactMatch),
                sample(runs, SearchRun::adapters),
                sample(runs, SearchRun::evaluations),
                sample(runs, SearchRun::seconds));
    }

    private static Samples sample(List<SearchRun> runs, ToDoubleFunction<SearchRun> value) {
        return new Samples(runs.stream().mapToDouble(value).toArray());
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
        node.put("adapters_median", adapters.median());
        node.put("evaluations_mean", evaluations.mean());
        node.put("seconds_median", seconds.median());
        return node;
    }
}
