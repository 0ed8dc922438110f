package io.lorahub.bench.search;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.lorahub.bench.report.BenchOutput;
import io.lorahub.bench.report.BenchProgress;
import io.lorahub.demo.DemoHub;
import io.lorahub.demo.DemoTask;
import io.lorahub.engine.learning.CandidateRanking;
import io.lorahub.engine.learning.LearningSession;
import io.lorahub.engine.learning.LearningSettings;
import io.lorahub.engine.learning.Scorer;
import io.lorahub.engine.lora.LoraAdapter;
import io.lorahub.engine.model.Compute;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

/**
 * Ranks a demo's candidates for each task of a plan, as a hub does that suggests some, and counts how often all skills of a
 * task are among the first.
 */
final class SuggestionBench {

    /** Number of candidates that count as the first. */
    private static final int FIRST = 8;

    private static final List<String> STAGES = List.of("alone", "beside the best one", "beside the best two");

    private final int[] found = new int[STAGES.size()];
    private int candidates;
    private int runs;

    private record Losses(Scorer scorer, int candidates) implements CandidateRanking.Trials {

        @Override
        public double base() {
            return scorer.losses(List.of(new double[candidates]))[0];
        }

        @Override
        public double[] losses(List<Integer> beside, List<Integer> others) {
            List<double[]> vectors = new ArrayList<>();
            for (int candidate : others) {
                double[] weights = new double[candidates];
                beside.forEach(i -> weights[i] = 1);
                weights[candidate] = 1;
                vectors.add(weights);
            }
            return scorer.losses(vectors);
        }
    }

    SuggestionBench run(DemoHub hub, Path base, SearchPlan plan, Compute compute, BenchProgress progress) {
        List<LoraAdapter> adapters = LoraAdapter.loadAll(hub.adaptersFolder());
        candidates = adapters.size();
        try (LearningSession session =
                LearningSession.open(base, adapters, LearningSettings.DEFAULT.composition(), compute, hub.prompt())) {
            for (DemoTask task : plan.tasks()) {
                List<Integer> skills = Stream.of(task.name().split("-"))
                        .map(session.candidates()::indexOf)
                        .toList();
                for (int draw : plan.draws()) {
                    try (Scorer scorer = session.scorer(session.encode(task.fewShot(draw)))) {
                        count(CandidateRanking.of(candidates, new Losses(scorer, candidates)), skills);
                    }
                    progress.say("%d runs, %s draw %d: %s".formatted(runs, task.name(), draw, Arrays.toString(found)));
                }
            }
        }
        return this;
    }

    private void count(CandidateRanking ranking, List<Integer> skills) {
        runs++;
        for (int stages = 1; stages <= STAGES.size(); stages++) {
            List<Integer> order = new CandidateRanking(ranking.stages().subList(0, stages)).order();
            if (order.subList(0, FIRST).containsAll(skills)) found[stages - 1]++;
        }
    }

    ObjectNode json() {
        ObjectNode json = BenchOutput.JSON.createObjectNode().put("runs", runs).put("first", FIRST);
        for (int i = 0; i < STAGES.size(); i++) json.put(STAGES.get(i), found[i]);
        return json;
    }

    String text() {
        StringBuilder text =
                new StringBuilder("All skills of the task are among the first %d candidates:%n".formatted(FIRST));
        int evaluations = 1;
        for (int i = 0; i < STAGES.size(); i++) {
            evaluations += candidates - i;
            text.append("  %-24s %d of %d runs, %d evaluations each%n"
                    .formatted((i == 0 ? "" : "and ") + STAGES.get(i), found[i], runs, evaluations));
        }
        return text.toString();
    }
}
