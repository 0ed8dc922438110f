package io.lorahub.bench.reference;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.lorahub.bench.engine.BenchSubject;
import io.lorahub.bench.report.BenchOutput;
import io.lorahub.bench.report.TimeSeries;
import io.lorahub.demo.DemoHub;
import io.lorahub.demo.DemoTask;
import io.lorahub.engine.learning.LearningRun;
import io.lorahub.engine.learning.LearningSession;
import io.lorahub.engine.learning.LearningSettings;
import io.lorahub.engine.lora.LoraAdapter;
import io.lorahub.engine.model.Precision;
import io.lorahub.engine.optimize.strategy.Strategy;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A run on the demo hub, in the process: from reading base and adapters to the token loss that the published program
 * ends with. Libraries are loaded before the clock in both.
 */
record WholeRunComparison(ReferenceContext context) {

    static final int BUDGET = 40;

    ObjectNode measure() {
        DemoHub hub = DemoHub.open();
        DemoTask task = hub.tasks().get(0);
        BenchSubject subject = BenchSubject.prepare(BenchSubject.DEMO, context.progress());
        TimeSeries times = new TimeSeries();
        ObjectNode result = BenchOutput.JSON.createObjectNode();
        try (PublishedProgram published = context.published()) {
            for (int round = 0; round <= context.rounds(); round++) {
                JsonNode theirs = published.learn(subject, task.fewShotFile(1), BUDGET);
                times.add("published", theirs.path("seconds").asDouble());
                double goal = theirs.path("loss").asDouble();
                times.time("ours", () -> run(hub, task, goal, result));
                result.put("published_loss", goal);
                if (round == 0) times.clear();
            }
        }
        result.put("task", task.name());
        result.put("strategy", Strategy.DEFAULT);
        result.put("published_seconds", times.median("published"));
        result.put("seconds", times.median("ours"));
        result.put("faster", times.median("published") / times.median("ours"));
        return result;
    }

    private void run(DemoHub hub, DemoTask task, double goal, ObjectNode result) {
        LearningSettings settings = LearningSettings.DEFAULT.withBudget(BUDGET);
        try (LearningSession session = LearningSession.open(
                hub.base(),
                LoraAdapter.loadAll(hub.adaptersFolder()),
                settings.composition(),
                context.compute(Precision.FLOAT32))) {
            LearningRun run = new LearningRun(session, session.encode(task.fewShot(1)), settings);
            AtomicInteger reached = new AtomicInteger();
            run.listen((records, best, spent) -> {
                if (records.stream().anyMatch(r -> r.loss() <= goal)) {
                    reached.set(spent);
                    run.stop();
                }
            });
            int spent = run.run().evaluations();
            result.put("goal_reached", reached.get() > 0);
            result.put("evaluations", spent);
        }
    }
}
