package io.lorahub.bench.hub;

import io.lorahub.demo.DemoHub;
import io.lorahub.engine.learning.LearningRun;
import io.lorahub.engine.learning.LearningSession;
import io.lorahub.engine.learning.LearningSettings;
import io.lorahub.engine.lora.LoraAdapter;
import io.lorahub.engine.model.Compute;
import java.util.ArrayList;
import java.util.List;

/** The search that the pool is compared with, without a hub: a program that prints seconds per evaluation. */
final class PlainSearch {

    static final String TASK = "un-past";
    static final String STRATEGY = "random";
    static final List<String> CANDIDATES = List.of("un", "past", "re", "plural");

    private PlainSearch() {}

    /** @param arguments how many evaluations */
    public static void main(String[] arguments) {
        int evaluations = Integer.parseInt(arguments[0]);
        search(evaluations); // a worker is warm, too
        System.out.println(search(evaluations));
    }

    /** From the first evaluation to the last, as the log of a run shows it. */
    private static double search(int evaluations) {
        DemoHub hub = DemoHub.open();
        List<LoraAdapter> adapters = CANDIDATES.stream()
                .map(name -> LoraAdapter.load(hub.adaptersFolder().resolve(name)))
                .toList();
        LearningSettings settings =
                LearningSettings.DEFAULT.withBudget(evaluations).withStrategy(STRATEGY);
        try (LearningSession session =
                LearningSession.open(hub.base(), adapters, settings.composition(), Compute.cpu())) {
            LearningRun run =
                    new LearningRun(session, session.encode(hub.task(TASK).fewShot(1)), settings);
            List<Long> times = new ArrayList<>();
            int[] numbers = new int[2];
            run.listen((records, best, spent) -> {
                times.add(System.nanoTime());
                numbers[times.size() == 1 ? 0 : 1] =
                        records.get(records.size() - 1).number();
            });
            run.run();
            return (times.get(times.size() - 1) - times.get(0)) / 1e9 / (numbers[1] - numbers[0]);
        }
    }
}
