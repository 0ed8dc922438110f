package io.lorahub.bench.study;

import io.lorahub.engine.learning.LearnedMix;
import io.lorahub.engine.learning.LearningRun;
import io.lorahub.engine.learning.LearningSettings;
import io.lorahub.engine.learning.Scorer;
import io.lorahub.engine.learning.control.ExpectedAccuracy;
import java.util.List;

/** One of LoraHub's strategies, on the exact composition. */
record StrategyMethod(String row, String strategy) implements StudyMethod {

    @Override
    public List<String> rows() {
        return List.of(row);
    }

    @Override
    public List<Reached> reached(StudyCase given) {
        LearningSettings settings =
                LearningSettings.DEFAULT.withBudget(given.budget()).withStrategy(strategy);
        long start = System.nanoTime();
        LearnedMix mix = new LearningRun(given.session(), given.fewShot(), settings).run();
        double seconds = (System.nanoTime() - start) / 1e9;
        return List.of(
                given.reached(row, mix.vector(), mix.evaluations(), seconds).expecting(expected(given, mix)));
    }

    /** Of the mix as the search found it; null with an objective other than the loss. */
    static Double expected(StudyCase given, LearnedMix mix) {
        float[] losses = mix.answer().observation().tokenLosses();
        if (losses == null) return null;
        try (Scorer scorer = given.session().scorer(given.fewShot())) {
            return ExpectedAccuracy.of(
                            losses, scorer.exampleOfToken(), given.fewShot().size())
                    .share();
        }
    }
}
