package io.lorahub.composition.task;

import io.lorahub.composition.model.WorkerModels;
import io.lorahub.engine.error.EngineException;
import io.lorahub.engine.learning.LearningSession;
import io.lorahub.engine.learning.LoadedModel;
import io.lorahub.engine.learning.Scorer;
import io.lorahub.engine.model.ComposedWeights;
import io.lorahub.storage.object.StorageException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Finds adapters that could help with a task, by its examples: tries each one alone, at weight 1, then each together with
 * the best of them. An adapter that does a part of the task may do nothing alone, as where the others' part is missing, and
 * nearly everything together with one that does the rest.
 */
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
    /** Losses on the examples. */
    private final Map<TaskClaim.Version, Double> alone = new HashMap<>();

    private final Map<TaskClaim.Version, Double> together = new HashMap<>();
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
        int total = 2 * versions.size();
        for (int i = 0; i < versions.size(); i += AT_ONCE) {
            if (i > 0) steps.tried(i, total);
            scoreAll(List.of(), versions.subList(i, Math.min(versions.size(), i + AT_ONCE)));
        }
        if (alone.isEmpty()) {
            throw new EngineException(
                    skipped.isEmpty() ? "The adapters have been deleted meanwhile." : String.join(" ", skipped));
        }
        List<TaskClaim.Version> tried =
                versions.stream().filter(alone::containsKey).sorted(by(alone)).toList();
        List<TaskClaim.Version> others = tried.subList(1, tried.size());
        for (int i = 0; i < others.size(); i += AT_ONCE) {
            steps.tried(versions.size() + i, total);
            scoreAll(tried.subList(0, 1), others.subList(i, Math.min(others.size(), i + AT_ONCE)));
        }
        return new TaskResult.Suggest(
                base, ranked(tried).stream().map(this::score).toList(), tried.size(), question.all(), skipped);
    }

    /**
     * The best alone first; then the best partner of it, the second best alone, the second best partner, and so on. Over
     * the tasks of the demo hub and others like them, both adapters that a task needs are so among the first five 57 times
     * of 61, and 28 times if only their losses alone count.
     */
    private List<TaskClaim.Version> ranked(List<TaskClaim.Version> tried) {
        List<TaskClaim.Version> partners = tried.stream()
                .filter(together::containsKey)
                .sorted(by(together))
                .toList();
        Set<TaskClaim.Version> ranked = new LinkedHashSet<>();
        for (int i = 0; i < tried.size(); i++) {
            ranked.add(tried.get(i));
            if (i < partners.size()) ranked.add(partners.get(i));
        }
        return List.copyOf(ranked);
    }

    private static Comparator<TaskClaim.Version> by(Map<TaskClaim.Version, Double> losses) {
        return Comparator.comparingDouble(losses::get);
    }

    private TaskResult.CandidateScore score(TaskClaim.Version v) {
        return new TaskResult.CandidateScore(v.id(), v.address(), v.label(), alone.get(v), together.get(v));
    }

    /**
     * Tries versions in one session; on failure tries each half, so that a version that does not fit excludes no others.
     *
     * @param best to try each of them with; none to try each alone
     */
    private void scoreAll(List<TaskClaim.Version> best, List<TaskClaim.Version> versions) {
        Map<String, Map<String, String>> candidates = new LinkedHashMap<>();
        best.forEach(v -> candidates.put(Long.toString(v.id()), v.files()));
        versions.forEach(v -> candidates.put(Long.toString(v.id()), v.files()));
        LearningSession session;
        try {
            session = models.open(model, candidates, ComposedWeights.EXACT, question.promptChoice());
        } catch (EngineException | StorageException e) {
            if (versions.size() > 1) {
                scoreAll(best, versions.subList(0, versions.size() / 2));
                scoreAll(best, versions.subList(versions.size() / 2, versions.size()));
            } else if (best.isEmpty()) {
                skipped.add(
                        "%s could not be tried: %s".formatted(versions.get(0).address(), e.getMessage()));
            } // else the two can't be in one mix
            return;
        }
        try (session) {
            score(session, best.size(), versions);
        }
    }

    /** @param best number of adapters before the versions that are in each mix */
    private void score(LearningSession session, int best, List<TaskClaim.Version> versions) {
        List<double[]> vectors = new ArrayList<>();
        for (int i = 0; i < versions.size(); i++) {
            double[] weights = new double[best + versions.size()];
            Arrays.fill(weights, 0, best, 1);
            weights[best + i] = 1;
            vectors.add(weights);
        }
        if (base == null) vectors.add(new double[versions.size()]);
        try (Scorer scorer = session.scorer(session.encode(question.examples()))) {
            double[] losses = scorer.losses(vectors);
            for (int i = 0; i < versions.size(); i++) (best == 0 ? alone : together).put(versions.get(i), losses[i]);
            if (base == null) base = losses[versions.size()];
        }
    }
}
