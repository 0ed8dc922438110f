package io.lorahub.composition.task;

import io.lorahub.composition.model.WorkerModels;
import io.lorahub.engine.error.EngineException;
import io.lorahub.engine.learning.LearningSession;
import io.lorahub.engine.learning.LoadedModel;
import io.lorahub.engine.learning.Scorer;
import io.lorahub.engine.model.ComposedWeights;
import io.lorahub.storage.object.StorageException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Finds adapters that could help with a task by trying each one alone, at weight 1, on the task's examples. */
public final class SuggestionTask {

    /** Number of adapters stacked at a time, which bounds the memory. */
    private static final int AT_ONCE = 12;

    /** Callback for progress. */
    public interface Steps {
        void tried(int done, int total);
    }

    private final WorkerModels models;
    private final LoadedModel model;
    private final TaskClaim.OfTask task;
    private final TaskRequest.Suggest question;
    private final List<TaskResult.CandidateScore> scores = new ArrayList<>();
    private final List<String> skipped = new ArrayList<>();
    private Double base;

    public SuggestionTask(WorkerModels models, LoadedModel model, TaskClaim.OfTask task, TaskRequest.Suggest question) {
        this.models = models;
        this.model = model;
        this.task = task;
        this.question = question;
    }

    /** @throws EngineException if the model cannot process the examples, or if no adapter could be tried */
    public TaskResult answer(Steps steps) {
        List<TaskClaim.Version> versions = task.versions();
        for (int i = 0; i < versions.size(); i += AT_ONCE) {
            if (i > 0) steps.tried(i, versions.size());
            look(versions.subList(i, Math.min(versions.size(), i + AT_ONCE)));
        }
        if (scores.isEmpty()) {
            throw new EngineException(
                    skipped.isEmpty() ? "The adapters have been deleted meanwhile." : String.join(" ", skipped));
        }
        scores.sort(Comparator.comparingDouble(TaskResult.CandidateScore::loss));
        return new TaskResult.Suggest(base, scores, scores.size(), question.all(), skipped);
    }

    /** Tries versions together; on failure tries each half, so that a version that does not fit excludes no others. */
    private void look(List<TaskClaim.Version> versions) {
        Map<String, Map<String, String>> candidates = new LinkedHashMap<>();
        versions.forEach(v -> candidates.put(Long.toString(v.id()), v.files()));
        LearningSession session;
        try {
            session = models.open(model, candidates, ComposedWeights.EXACT, question.promptChoice());
        } catch (EngineException | StorageException e) {
            if (versions.size() == 1) {
                skipped.add(
                        "%s could not be tried: %s".formatted(versions.get(0).address(), e.getMessage()));
            } else {
                look(versions.subList(0, versions.size() / 2));
                look(versions.subList(versions.size() / 2, versions.size()));
            }
            return;
        }
        try (session) {
            score(session, versions);
        }
    }

    private void score(LearningSession session, List<TaskClaim.Version> versions) {
        List<double[]> vectors = new ArrayList<>();
        for (int i = 0; i < versions.size(); i++) {
            double[] single = new double[versions.size()];
            single[i] = 1;
            vectors.add(single);
        }
        if (base == null) vectors.add(new double[versions.size()]);
        try (Scorer scorer = session.scorer(session.encode(question.examples()))) {
            double[] losses = scorer.losses(vectors);
            for (int i = 0; i < versions.size(); i++) {
                TaskClaim.Version v = versions.get(i);
                scores.add(new TaskResult.CandidateScore(v.id(), v.address(), v.label(), losses[i]));
            }
            if (base == null) base = losses[versions.size()];
        }
    }
}
