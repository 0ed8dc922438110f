package io.lorahub.bench.study;

import io.lorahub.bench.reference.UnavailableException;
import io.lorahub.bench.report.BenchProgress;
import io.lorahub.demo.DemoHub;
import io.lorahub.demo.DemoTask;
import io.lorahub.engine.learning.LearningSession;
import io.lorahub.engine.learning.LearningSettings;
import io.lorahub.engine.learning.LoadedModel;
import io.lorahub.engine.model.Compute;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Measures what of a plan isn't in the log yet. */
final class Study {

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
        StudyCandidates candidates = new StudyCandidates(hub, plan.tasks());
        try (LoadedModel model = LoadedModel.open(base, compute)) {
            for (StudyCondition condition : plan.conditions()) {
                int count = condition.candidates();
                if (candidates.dependOnTask(count)) {
                    plan.tasks().forEach(t -> run(methods, List.of(t), condition, model, candidates));
                } else {
                    run(methods, plan.tasks(), condition, model, candidates);
                }
            }
        }
        return missing;
    }

    private record Work(DemoTask task, int draw, StudyMethod method, StudyCondition seen) {}

    private void run(
            List<StudyMethod> methods,
            List<DemoTask> tasks,
            StudyCondition condition,
            LoadedModel model,
            StudyCandidates candidates) {
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
                candidates.of(condition.candidates(), tasks.get(0)),
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
}
