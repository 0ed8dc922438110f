package io.lorahub.composition.task;

import io.lorahub.composition.RunPredictions;
import io.lorahub.composition.RunResult;
import io.lorahub.composition.queue.RunClaim;
import io.lorahub.engine.learning.Accuracy;
import io.lorahub.engine.learning.Example;
import io.lorahub.engine.learning.LearningSession;
import io.lorahub.engine.learning.LearningSettings;
import io.lorahub.engine.learning.control.Control;
import io.lorahub.engine.model.ComposedWeights;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/** Evaluates weights that were set by hand. */
public final class EvaluationTask {

    private final RunClaim run;
    private final TaskRequest.Mix question;

    /** Indices of the candidates that the session needs to evaluate all mixes. */
    private final int[] used;

    public EvaluationTask(RunClaim run, TaskRequest.Mix question) {
        this.run = run;
        this.question = question;
        int all = run.candidates.size();
        // the factor composition takes its scale from the first candidate, whatever its weight
        boolean factor = run.spec.settings().composition() == ComposedWeights.FACTOR;
        int[] some = IntStream.range(0, all)
                .filter(i -> factor || question.mixes().stream().anyMatch(mix -> uses(mix, i)))
                .toArray();
        used = some.length == 0 ? new int[] {0} : some;
    }

    private boolean uses(List<Double> mix, int candidate) {
        int groups = run.spec.groups().size();
        return mix.subList(candidate * groups, (candidate + 1) * groups).stream()
                .anyMatch(weight -> weight != 0);
    }

    /**
     * The files of the candidates that the session needs, by address; the fewer weights are not 0, the fewer
     * candidates.
     */
    public Map<String, Map<String, String>> candidates() {
        Map<String, Map<String, String>> candidates = new LinkedHashMap<>();
        for (int i : used) {
            String name = run.names().get(i);
            candidates.put(name, run.candidates.get(name));
        }
        return candidates;
    }

    public TaskResult answer(LearningSession session) {
        session.setGroups(run.spec.groups());
        int groups = run.spec.groups().size();
        List<TaskResult.Scored> scored = new ArrayList<>();
        for (int i = 0; i < question.mixes().size(); i++) {
            List<Double> mix = question.mixes().get(i);
            double[] weights = IntStream.of(used)
                    .flatMap(candidate -> IntStream.range(candidate * groups, (candidate + 1) * groups))
                    .mapToDouble(mix::get)
                    .toArray();
            scored.add(scored(session, weights, i < question.scored()));
        }
        return new TaskResult.Mix(scored);
    }

    private TaskResult.Scored scored(LearningSession session, double[] weights, boolean objective) {
        Control score =
                objective ? Control.of("mix", weights, session, session.encode(run.spec.examples()), settings()) : null;
        List<Example> rows =
                switch (question.predict()) {
                    case NONE -> List.of();
                    case EXAMPLES -> run.spec.examples();
                    case HELD_OUT -> run.spec.heldOut();
                };
        List<String> predicted =
                predict(session, rows.stream().map(Example::input).toList(), weights);
        return new TaskResult.Scored(
                score == null ? null : score.objective(),
                score == null ? null : score.loss(),
                predict(session, question.inputs(), weights),
                predicted,
                rows.isEmpty() ? null : RunResult.Share.of(Accuracy.of(predicted, rows)));
    }

    private List<String> predict(LearningSession session, List<String> inputs, double[] weights) {
        return inputs.isEmpty() ? List.of() : RunPredictions.of(session, inputs, weights, run.spec.maxNewTokens());
    }

    /**
     * Settings with the regularisation rescaled: it is a mean over all candidates, including those the session omits.
     */
    private LearningSettings settings() {
        LearningSettings settings = run.spec.settings();
        return settings.withL1(settings.l1() * used.length / run.candidates.size());
    }
}
