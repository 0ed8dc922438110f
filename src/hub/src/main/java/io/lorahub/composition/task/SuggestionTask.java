package io.lorahub.composition.task;

import io.lorahub.composition.model.WorkerModels;
import io.lorahub.engine.error.EngineException;
import io.lorahub.engine.learning.CandidateRanking;
import io.lorahub.engine.learning.LearningSession;
import io.lorahub.engine.learning.LoadedModel;
import io.lorahub.engine.learning.Scorer;
import io.lorahub.engine.model.ComposedWeights;
import io.lorahub.storage.object.StorageException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.DoubleStream;

/** Finds adapters that could help with a task, by its examples; see {@link CandidateRanking}. */
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
    private final LearningSession.ExampleListener limit;
    private final List<String> skipped = new ArrayList<>();
    /** The base model's loss, once a session has been open. */
    private Double base;

    /** @param limit may end it with an exception */
    public SuggestionTask(
            WorkerModels models,
            LoadedModel model,
            TaskClaim.OfTask task,
            TaskRequest.Suggest question,
            LearningSession.ExampleListener limit) {
        this.limit = limit;
        this.models = models;
        this.model = model;
        this.task = task;
        this.question = question;
    }

    /** @throws EngineException if the model cannot process the examples, or if no adapter could be tried */
    public TaskResult answer(Steps steps) {
        List<TaskClaim.Version> versions = task.versions();
        CandidateRanking ranking = CandidateRanking.of(versions.size(), new CandidateRanking.Trials() {

            @Override
            public double base() {
                return base;
            }

            @Override
            public double[] losses(List<Integer> beside, List<Integer> candidates) {
                double[] losses = new double[candidates.size()];
                for (int i = 0; i < losses.length; i += AT_ONCE) {
                    if (i > 0 || !beside.isEmpty()) {
                        steps.tried(beside.size() * versions.size() + i, 3 * versions.size());
                    }
                    List<Integer> some = candidates.subList(i, Math.min(losses.length, i + AT_ONCE));
                    List<TaskClaim.Version> others =
                            some.stream().map(versions::get).toList();
                    double[] own = tried(beside.stream().map(versions::get).toList(), others);
                    System.arraycopy(own, 0, losses, i, own.length);
                }
                return losses;
            }
        });
        if (ranking.stages().isEmpty()) {
            throw new EngineException(
                    skipped.isEmpty() ? "The adapters have been deleted meanwhile." : String.join(" ", skipped));
        }
        return new TaskResult.Suggest(
                ranking.stages().get(0).before(),
                ranking.order().stream().map(i -> score(ranking, i)).toList(),
                ranking.order().size(),
                question.all(),
                skipped);
    }

    private TaskResult.CandidateScore score(CandidateRanking ranking, int candidate) {
        TaskClaim.Version version = task.versions().get(candidate);
        CandidateRanking.Stage reason = ranking.reason(candidate);
        return new TaskResult.CandidateScore(
                version.id(),
                version.address(),
                version.label(),
                ranking.stages().get(0).losses()[candidate],
                reason.beside().stream()
                        .map(i -> task.versions().get(i).address())
                        .toList(),
                reason.before(),
                reason.losses()[candidate]);
    }

    /**
     * The losses of versions, each beside the same others. Tries them in one session; on failure tries each half, so that a
     * version that does not fit excludes no others.
     */
    private double[] tried(List<TaskClaim.Version> beside, List<TaskClaim.Version> versions) {
        Map<String, Map<String, String>> candidates = new LinkedHashMap<>();
        beside.forEach(v -> candidates.put(Long.toString(v.id()), v.files()));
        versions.forEach(v -> candidates.put(Long.toString(v.id()), v.files()));
        LearningSession session;
        try {
            session = models.open(model, candidates, ComposedWeights.EXACT, question.promptChoice());
        } catch (EngineException | StorageException e) {
            int half = versions.size() / 2;
            if (half > 0) {
                return DoubleStream.concat(
                                Arrays.stream(tried(beside, versions.subList(0, half))),
                                Arrays.stream(tried(beside, versions.subList(half, versions.size()))))
                        .toArray();
            }
            // beside others, it can't be in one mix with them
            if (beside.isEmpty())
                skipped.add(
                        "%s could not be tried: %s".formatted(versions.get(0).address(), e.getMessage()));
            return new double[] {Double.NaN};
        }
        try (session) {
            session.listen(limit);
            return losses(session, beside.size(), versions.size());
        }
    }

    /** @param beside number of the session's first adapters, which are in each mix */
    private double[] losses(LearningSession session, int beside, int versions) {
        List<double[]> vectors = new ArrayList<>();
        for (int i = 0; i < versions; i++) {
            double[] weights = new double[beside + versions];
            Arrays.fill(weights, 0, beside, 1);
            weights[beside + i] = 1;
            vectors.add(weights);
        }
        if (base == null) vectors.add(new double[beside + versions]);
        try (Scorer scorer = session.scorer(session.encode(question.examples()))) {
            double[] losses = scorer.losses(vectors);
            if (base == null) base = losses[versions];
            return Arrays.copyOf(losses, versions);
        }
    }
}
