package io.lorahub.composition.result;

import io.lorahub.composition.CompositionRun;
import io.lorahub.composition.RunCandidate;
import io.lorahub.composition.RunResult;
import io.lorahub.composition.WeightBar;
import io.lorahub.composition.task.TaskRequest;
import io.lorahub.composition.task.TaskResult;
import io.lorahub.composition.task.WorkerTask;
import io.lorahub.engine.learning.LearnedMix;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/**
 * The playground: inputs and weights entered by the user, and their results.
 *
 * @param input   text as typed
 * @param sliders one for each candidate and layer group, the largest weight of the result first
 * @param task   the last task requested; null before the first
 * @param answer  null while the task waits
 * @param failure why there is no answer; null if there is one or may still be one
 */
public record Playground(String input, List<Slider> sliders, UUID task, TaskResult.Mix answer, String failure) {

    /**
     * A slider for a candidate's weight, in all layers or in a group of them.
     *
     * @param place   index of the weight
     * @param weight  weight as set
     * @param learned weight in the result
     */
    public record Slider(int place, String name, String address, double weight, double learned) {

        public boolean isSlight() {
            return Math.abs(learned) < WeightBar.SLIGHT && Math.abs(weight) < WeightBar.SLIGHT;
        }
    }

    static Playground of(
            CompositionRun run,
            RunResult result,
            Optional<WorkerTask> task,
            Optional<TaskResult> answer,
            TaskRequest.Mix asked) {
        double[] learned = ResultView.weights(run, result);
        List<String> groups = run.spec.groups().names();
        List<Slider> sliders = new ArrayList<>();
        for (int i = 0; i < learned.length; i++) {
            double weight = asked == null ? learned[i] : asked.mixes().get(0).get(i);
            RunCandidate candidate = run.candidates.get(i / groups.size());
            String name = groups.size() == 1
                    ? candidate.name()
                    : LearnedMix.named(candidate.name(), groups.get(i % groups.size()));
            sliders.add(new Slider(i, name, candidate.address(), weight, learned[i]));
        }
        sliders.sort((a, b) -> Double.compare(Math.abs(b.learned), Math.abs(a.learned)));
        return new Playground(
                asked == null || asked.inputs().isEmpty() ? "" : asked.inputs().get(0),
                sliders,
                task.map(t -> t.id).orElse(null),
                answer.filter(TaskResult.Mix.class::isInstance)
                        .map(TaskResult.Mix.class::cast)
                        .orElse(null),
                answer.filter(TaskResult.Failed.class::isInstance)
                        .map(a -> ((TaskResult.Failed) a).why())
                        .orElse(null));
    }

    /**
     * The mixes to evaluate: the one set by hand and, if there is an input, also base, best single adapter and result.
     */
    static TaskRequest.Mix question(CompositionRun run, RunResult result, List<Double> weights, String input) {
        List<List<Double>> mixes = new ArrayList<>(List.of(weights));
        if (!input.isBlank()) {
            List<Double> base = new ArrayList<>();
            List<Double> single = new ArrayList<>();
            List<Double> composed = new ArrayList<>();
            double[] learned = ResultView.weights(run, result);
            for (int i = 0; i < learned.length; i++) {
                base.add(0.0);
                String address =
                        run.candidates.get(i / run.spec.groups().size()).address();
                single.add(address.equals(result.bestSingle().name()) ? 1.0 : 0.0);
                composed.add(learned[i]);
            }
            mixes.addAll(List.of(base, single, composed));
        }
        return new TaskRequest.Mix(
                run.id, mixes, 1, input.isBlank() ? List.of() : List.of(input), TaskRequest.Rows.NONE);
    }

    public boolean isWaiting() {
        return task != null && answer == null && failure == null;
    }

    /** Whether the weights differ from those of the result. */
    public boolean isByHand() {
        return sliders.stream().anyMatch(s -> s.weight != s.learned);
    }

    public List<Slider> used() {
        return sliders.stream().filter(s -> !s.isSlight()).toList();
    }

    public List<Slider> slight() {
        return sliders.stream().filter(Slider::isSlight).toList();
    }

    /** Prediction of the mix with this number for the input. */
    public String said(int mix) {
        return answer.mixes().get(mix).predictions().get(0);
    }

    public boolean hasPredictions() {
        return answer != null && answer.mixes().size() > 1;
    }

    public Double objective() {
        return answer == null ? null : answer.mixes().get(0).objective();
    }
}
