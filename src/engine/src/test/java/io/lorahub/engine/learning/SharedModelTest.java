package io.lorahub.engine.learning;

import static org.assertj.core.api.Assertions.assertThat;

import io.lorahub.engine.lora.LoraAdapter;
import io.lorahub.engine.model.ComposedWeights;
import io.lorahub.engine.model.Compute;
import io.lorahub.engine.model.LossGradient;
import io.lorahub.testsupport.DemoTask;
import io.lorahub.testsupport.Reference;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Two runs at a time share one copy of a base model, and each computes what it computes alone. */
class SharedModelTest {

    private static final int ROUNDS = 25;
    private static final DemoTask TASK = DemoTask.named("un-past", 1);

    private static LoadedModel model;
    private static LearningSession un;
    private static LearningSession plural;

    @BeforeAll
    static void load() {
        model = LoadedModel.open(Reference.demoHub("base"), Compute.cpu());
        un = session("un", "past");
        plural = session("plural", "upper", "reverse");
    }

    @AfterAll
    static void close() {
        un.close();
        plural.close();
        model.close();
    }

    private static LearningSession session(String... adapters) {
        List<LoraAdapter> loaded = Arrays.stream(adapters)
                .map(name -> LoraAdapter.load(Reference.demoHub("adapters/" + name)))
                .toList();
        return LearningSession.open(model, loaded, ComposedWeights.EXACT);
    }

    @Test
    void gradients_of_both_at_the_same_time_are_those_of_each_alone() throws Exception {
        List<LossGradient> first = gradients(un, null);
        List<LossGradient> second = gradients(plural, null);

        CyclicBarrier together = new CyclicBarrier(2);
        ExecutorService threads = Executors.newFixedThreadPool(2);
        try {
            Future<List<LossGradient>> one = threads.submit(() -> gradients(un, together));
            Future<List<LossGradient>> other = threads.submit(() -> gradients(plural, together));

            assertSame(one.get(), first);
            assertSame(other.get(), second);
        } finally {
            threads.shutdownNow();
        }
    }

    @Test
    void searches_at_the_same_time_find_what_each_finds_alone() throws Exception {
        LearnedMix first = learn(un);
        LearnedMix second = learn(plural);
        assertThat(first.history()).anyMatch(evaluation -> evaluation.gradient() != null);

        ExecutorService threads = Executors.newFixedThreadPool(2);
        try {
            Future<LearnedMix> one = threads.submit(() -> learn(un));
            Future<LearnedMix> other = threads.submit(() -> learn(plural));

            assertThat(one.get().weights()).isEqualTo(first.weights());
            assertThat(other.get().weights()).isEqualTo(second.weights());
        } finally {
            threads.shutdownNow();
        }
    }

    private static LearnedMix learn(LearningSession session) {
        return new LearningRun(session, session.encode(TASK.fewShot()), LearningSettings.DEFAULT.withBudget(30)).run();
    }

    /** @param together where both wait before each of them; null for one alone */
    private static List<LossGradient> gradients(LearningSession session, CyclicBarrier together) throws Exception {
        SplittableRandom random = new SplittableRandom(1);
        List<LossGradient> gradients = new ArrayList<>();
        try (Scorer scorer = session.scorer(session.encode(TASK.fewShot()))) {
            for (int i = 0; i < ROUNDS; i++) {
                double[] weights = session.candidates().stream()
                        .mapToDouble(name -> random.nextDouble(-1, 1))
                        .toArray();
                if (together != null) together.await();
                gradients.add(scorer.gradient(weights));
            }
        }
        return gradients;
    }

    private static void assertSame(List<LossGradient> computed, List<LossGradient> alone) {
        for (int i = 0; i < ROUNDS; i++) {
            assertThat(computed.get(i).gradient()).isEqualTo(alone.get(i).gradient());
            assertThat(computed.get(i).tokenLosses()).isEqualTo(alone.get(i).tokenLosses());
        }
    }
}
