package io.lorahub.bench.study;

import io.lorahub.bench.reference.UnavailableException;
import io.lorahub.bench.report.BenchProgress;
import io.lorahub.bench.search.DistractorAdapters;
import io.lorahub.demo.DemoHub;
import io.lorahub.demo.DemoTask;
import io.lorahub.engine.learning.LearningSession;
import io.lorahub.engine.learning.LearningSettings;
import io.lorahub.engine.learning.LoadedModel;
import io.lorahub.engine.lora.LoraAdapter;
import io.lorahub.engine.model.Compute;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.Set;

/** Measures what of a plan isn't in the log yet. */
final class Study {

    private static final long SEED = 42;

    private final StudyPlan plan;
    private final DemoHub hub;
    private final StudyLog log;
    private final BenchProgress progress;

    /** Why methods are missing, by their rows. */
    private final Map<String, String> missing = new LinkedHashMap<>();

    Study(StudyPlan plan, DemoHub hub, StudyLog log, BenchProgress progress) {
        this.plan = plan;
        this.hub = hub;
        this.log = log;
        this.progress = progress;
    }

    /**
     * @param base folder of the base model
     * @return why rows are missing, by row
     */
    Map<String, String> run(List<StudyMethod> methods, Path base, Compute compute) {
        try (LoadedModel model = LoadedModel.open(base, compute)) {
            for (StudyCondition condition : plan.conditions()) {
                int count = condition.candidates();
                if (dependOnTask(count)) {
                    plan.tasks().forEach(t -> run(methods, List.of(t), condition, model));
                } else {
                    run(methods, plan.tasks(), condition, model);
                }
            }
        }
        return missing;
    }

    private record Work(DemoTask task, int draw, StudyMethod method, StudyCondition seen) {}

    private void run(List<StudyMethod> methods, List<DemoTask> tasks, StudyCondition condition, LoadedModel model) {
        List<Work> works = new ArrayList<>();
        for (DemoTask task : tasks) {
            for (int draw : plan.draws()) {
                for (StudyMethod method : methods) {
                    Work work = new Work(task, draw, method, condition.seenBy(method));
                    if (!isDone(work)) works.add(work);
                }
            }
        }
        if (works.isEmpty()) return;
        try (LearningSession session = LearningSession.open(
                model,
                candidates(condition.candidates(), tasks.get(0)),
                LearningSettings.DEFAULT.composition(),
                hub.prompt())) {
            works.forEach(work -> run(work, StudyCase.of(session, work.task, work.draw, condition)));
        }
    }

    private boolean isDone(Work work) {
        return work.method.rows().stream()
                .allMatch(row -> log.find(key(work, row)).isPresent());
    }

    private StudyResult.Key key(Work work, String row) {
        return new StudyResult.Key(plan.family(), work.task.name(), work.draw, row, work.seen);
    }

    private void run(Work work, StudyCase given) {
        if (missing.containsKey(work.method.rows().get(0))) return;
        try {
            for (StudyMethod.Reached reached : work.method.reached(given)) {
                log.add(StudyResult.of(key(work, reached.row()), reached));
                progress.say(String.format(
                        Locale.ROOT,
                        "%s draw %d, %s, %s: loss %.3f, exact match %.0f %%, %.2f s",
                        work.task.name(),
                        work.draw,
                        work.seen.words(),
                        reached.row(),
                        reached.tested().loss(),
                        reached.tested().exactMatch(),
                        reached.seconds()));
            }
        } catch (UnavailableException e) {
            work.method.rows().forEach(row -> missing.put(row, e.getMessage()));
        }
    }

    /** Whether each task has candidates of its own: the adapters of its skills, and random others. */
    private boolean dependOnTask(int count) {
        return count < hub.adapters().size();
    }

    /**
     * The candidates by their number: more than the demo has are all of it, hidden among noisy, scaled and merged copies.
     * The caller closes them.
     *
     * @param task ignored unless the candidates depend on it
     */
    private List<LoraAdapter> candidates(int count, DemoTask task) {
        int all = hub.adapters().size();
        if (count >= all) {
            List<LoraAdapter> originals = LoraAdapter.loadAll(hub.adaptersFolder());
            return count == all ? originals : DistractorAdapters.around(originals, count - all, SEED, plan.tasks());
        }
        Set<String> names = new LinkedHashSet<>(List.of(task.name().split("-")));
        List<String> others = new ArrayList<>(
                hub.adapters().stream().map(DemoHub.DemoAdapter::name).toList());
        Collections.shuffle(others, new Random(SEED + task.name().hashCode()));
        for (String other : others) {
            if (names.size() < count) names.add(other);
        }
        return LoraAdapter.list(hub.adaptersFolder()).stream()
                .filter(path -> names.contains(name(path)))
                .map(LoraAdapter::load)
                .toList();
    }

    private static String name(Path folder) {
        return folder.getFileName().toString();
    }
}
