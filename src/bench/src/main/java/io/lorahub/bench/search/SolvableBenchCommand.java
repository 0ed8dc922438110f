package io.lorahub.bench.search;

import io.lorahub.bench.report.BenchOutput;
import io.lorahub.demo.DemoHub;
import io.lorahub.demo.DemoTask;
import io.lorahub.engine.learning.LearningSession;
import io.lorahub.engine.learning.LearningSettings;
import io.lorahub.engine.lora.LoraAdapter;
import io.lorahub.engine.model.Compute;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Finds out which tasks of a family weights can solve at all. */
@Command(
        name = "solvable",
        description = {
            "Finds out which tasks of a family the demo hub's adapters can solve: weights are fitted to 60 words of each.",
            "The answers are added to solvable.json in its folder, for bench search --family.",
            ""
        })
public final class SolvableBenchCommand implements Callable<Integer> {

    @Mixin
    private BenchOutput output;

    @Parameters(paramLabel = "FOLDER", description = "Tasks made by make_families.py.")
    private Path folder;

    @Option(names = "--sample", paramLabel = "N", description = "Only the first N tasks by the hash of their name.")
    private int sample = Integer.MAX_VALUE;

    @Option(names = "--threads", paramLabel = "N", description = "Number of threads. Default: one per core.")
    private int threads;

    @Override
    public Integer call() {
        DemoHub hub = DemoHub.open();
        TaskFamily family = new TaskFamily(folder);
        Map<String, Double> solved = family.solved();
        Compute compute = new Compute(Optional.of("cpu"), Optional.empty(), threads);
        List<DemoTask> tasks = family.tasks().stream().limit(sample).toList();
        try (LearningSession session = LearningSession.open(
                hub.base(),
                LoraAdapter.loadAll(hub.adaptersFolder()),
                LearningSettings.DEFAULT.composition(),
                compute)) {
            TaskFitting fitting = new TaskFitting(session);
            for (DemoTask task : tasks) {
                if (solved.containsKey(task.name())) continue;
                solved.put(task.name(), fitting.exactMatch(task));
                family.write(solved);
                output.say("%d/%d %s: %.0f %%"
                        .formatted(solved.size(), tasks.size(), task.name(), solved.get(task.name())));
            }
        }
        output.print(BenchOutput.JSON.valueToTree(solved), summary(family));
        return 0;
    }

    private static String summary(TaskFamily family) {
        return "Solvable: %d of %d tasks, %d to tune on and %d to report.%n"
                .formatted(
                        family.solvable(TaskFamily.Half.tuning).size()
                                + family.solvable(TaskFamily.Half.test).size(),
                        family.solved().size(),
                        family.solvable(TaskFamily.Half.tuning).size(),
                        family.solvable(TaskFamily.Half.test).size());
    }
}
