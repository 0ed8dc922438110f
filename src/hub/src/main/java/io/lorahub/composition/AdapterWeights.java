package io.lorahub.composition;

import io.lorahub.adapter.AdapterVersion;
import io.lorahub.adapter.lineage.PartWeights;
import java.util.Collection;
import java.util.Comparator;
import java.util.DoubleSummaryStatistics;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The weights of one adapter in a mix, as pages of runs draw them.
 *
 * @param bars one for all layers, or one for each layer group in the groups' order
 */
public record AdapterWeights(RunCandidate candidate, PartWeights weights, List<WeightBar> bars) {

    /**
     * Of each candidate of a run, those that add most to the mix first.
     *
     * @param weights of all candidates in all layer groups, in their order
     * @param norm    Frobenius norm of a candidate's update; null if it isn't known
     */
    public static List<AdapterWeights> of(CompositionRun run, double[] weights, Function<RunCandidate, Double> norm) {
        List<String> groups = run.spec.groups().names();
        if (groups.size() == 1) groups = List.of(PartWeights.ALL);
        Map<RunCandidate, Map<String, Double>> own = new LinkedHashMap<>();
        for (int c = 0; c < run.candidates.size(); c++) {
            Map<String, Double> byGroup = new LinkedHashMap<>();
            for (String group : groups) byGroup.put(group, weights[c * groups.size() + byGroup.size()]);
            own.put(run.candidates.get(c), byGroup);
        }
        return PartWeights.of(own, norm).entrySet().stream()
                .map(adapter -> new AdapterWeights(
                        adapter.getKey(),
                        adapter.getValue(),
                        adapter.getValue().byGroup().entrySet().stream()
                                .map(group -> WeightBar.of(run.spec, group.getKey(), group.getValue()))
                                .toList()))
                .toList();
    }

    /** The norms of a run's candidates, by one query. */
    public static Function<RunCandidate, Double> norms(Collection<RunCandidate> candidates) {
        Map<Long, Double> norms = AdapterVersion.norms(candidates.stream()
                .filter(candidate -> !candidate.isDeleted())
                .map(candidate -> candidate.version().id)
                .toList());
        return candidate -> candidate.isDeleted() ? null : norms.get(candidate.version().id);
    }

    /** Whether it has a weight for each layer group. */
    public boolean isGrouped() {
        return bars.size() > 1;
    }

    /** The only bar or, of several, that of the weight farthest from 0. */
    public WeightBar farthest() {
        return bars.stream()
                .max(Comparator.comparingDouble(bar -> Math.abs(bar.weight())))
                .orElseThrow();
    }

    /** The only weight or, of several, from the smallest to the largest: "+1.08 to +1.15". */
    public String range() {
        DoubleSummaryStatistics all =
                bars.stream().mapToDouble(WeightBar::weight).summaryStatistics();
        return Stream.of(all.getMin(), all.getMax())
                .map(RunFormat::signed)
                .distinct()
                .collect(Collectors.joining(" to "));
    }

    /** Whether it is shown as 0. */
    public boolean isIdle() {
        return bars.stream().allMatch(WeightBar::isIdle);
    }
}
