package io.lorahub.bench.search;

import io.lorahub.bench.report.BenchProgress;
import io.lorahub.demo.DemoHub;
import io.lorahub.demo.DemoTask;
import io.lorahub.engine.learning.Accuracy;
import io.lorahub.engine.learning.Example;
import io.lorahub.engine.learning.ExampleSet;
import io.lorahub.engine.learning.LearnedMix;
import io.lorahub.engine.learning.LearningRun;
import io.lorahub.engine.learning.LearningSession;
import io.lorahub.engine.learning.LearningSettings;
import io.lorahub.engine.lora.LoraAdapter;
import io.lorahub.engine.model.Compute;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** Makes the runs of a plan on a demo. */
final class SearchBench {

    private final DemoHub hub;
    private final Path base;
    private final SearchPlan plan;
    private final Compute compute;
    private final BenchProgress progress;
    private final List<SearchRun> runs = new ArrayList<>();
    private final List<SearchControls.Result> controls = new ArrayList<>();
    private final Optional<TrainedLora> trainedLora;

    /**
     * @param base        folder of the base model
     * @param trainedLora trains a LoRA on the examples of each task and draw; empty: not measured
     */
    SearchBench(
            DemoHub hub,
            Path base,
            SearchPlan plan,
            Compute compute,
            Optional<TrainedLora> trainedLora,
            BenchProgress progress) {
        this.hub = hub;
        this.base = base;
        this.plan = plan;
        this.compute = compute;
        this.trainedLora = trainedLora;
        this.progress = progress;
    }

    List<SearchRun> run() {
        List<LoraAdapter> candidates = new ArrayList<>(LoraAdapter.loadAll(hub.adaptersFolder()));
        if (plan.crowd() > 0) {
            candidates = DistractorAdapters.around(
                    candidates, plan.crowd(), plan.seeds().get(0), plan.tasks());
        }
        try (LearningSession session =
                LearningSession.open(base, candidates, LearningSettings.DEFAULT.composition(), compute, hub.prompt())) {
            for (DemoTask task : plan.tasks()) {
                List<Example> heldOut = task.heldOut();
                for (int draw : plan.draws()) {
                    ExampleSet fewShot = session.encode(task.fewShot(draw));
                    if (plan.controls()) {
                        controls.addAll(new SearchControls(session, fewShot, heldOut).measured(task.name(), draw));
                        trainedLora.ifPresent(training ->
                                controls.addAll(training.measured(session, fewShot, heldOut, task.name(), draw)));
                    }
                    plan.budgets()
                            .forEach(budget -> plan.seeds()
                                    .forEach(seed -> plan.strategies()
                                            .forEach(strategy -> run(
                                                    session, task, draw, fewShot, heldOut, strategy, budget, seed))));
                }
            }
        }
        return runs;
    }

    /** Empty unless the plan asks for them. */
    List<SearchControls.Result> controls() {
        return List.copyOf(controls);
    }

    private void run(
            LearningSession session,
            DemoTask task,
            int draw,
            ExampleSet fewShot,
            List<Example> heldOut,
            String strategy,
            int budget,
            long seed) {
        LearningSettings settings = plan.settings()
                .withBudget(budget)
                .withStrategy(strategy)
                .withSeed(seed)
                .chosenFor(session.candidates().size());
        LearningRun learning = new LearningRun(session, fewShot, settings);
        Set<String> tried = new LinkedHashSet<>();
        AtomicInteger passes = new AtomicInteger();
        learning.listen((records, best, spent) -> passes.incrementAndGet());
        learning.listen((records, best, spent) -> records.forEach(r -> IntStream.range(0, r.weights().length)
                .filter(i -> r.weights()[i] != 0)
                .mapToObj(i -> session.candidates().get(i / settings.layers().size()))
                .forEach(tried::add)));
        long start = System.nanoTime();
        LearnedMix learned = learning.run();
        double seconds = (System.nanoTime() - start) / 1e9;
        List<String> predictions = TestedMix.predictions(session, session.bank(), learned.vector(), heldOut);
        Accuracy accuracy = Accuracy.of(predictions, heldOut);
        boolean nothing = Arrays.stream(learned.vector()).allMatch(w -> w == 0);
        WrittenMix written = plan.written().isEmpty() || nothing
                ? null
                : WrittenMix.of(session, learned.vector(), plan.written().get(), fewShot, heldOut);
        runs.add(new SearchRun(
                strategy,
                budget,
                task.name(),
                draw,
                seed,
                learned.loss(),
                accuracy.exactMatch(),
                accuracy.nearMisses(),
                (int) learned.weights().values().stream().filter(w -> w != 0).count(),
                learned.evaluations(),
                passes.get(),
                partsAfter(List.copyOf(tried), task),
                seconds,
                written));
        progress.say(String.format(
                Locale.ROOT,
                "%d/%d %s draw %d, %s, budget %d, seed %d: loss %.3f, exact match %.0f %%, %.2f s",
                runs.size(),
                plan.runs(),
                task.name(),
                draw,
                strategy,
                budget,
                seed,
                learned.loss(),
                accuracy.exactMatch(),
                seconds));
    }

    private static Integer partsAfter(List<String> tried, DemoTask task) {
        List<Integer> places =
                Stream.of(task.name().split("-")).map(tried::indexOf).toList();
        return places.contains(-1) ? null : Collections.max(places) + 1;
    }
}
