package io.lorahub.composition;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/**
 * The playground: own inputs and weights by hand, and what came of them.
 *
 * @param input   as typed
 * @param sliders one for each candidate, the heaviest of the result first
 * @param trial   that was asked; null before the first
 * @param answer  null while it waits
 * @param failure why there is none; null if there is or may be one
 */
public record Playground(String input, List<Slider> sliders, UUID trial, TaskResult.Mix answer, String failure) {

    /**
     * @param place   among the candidates
     * @param weight  as set
     * @param learned of the result
     */
    public record Slider(int place, String name, String address, double weight, double learned) {

        public boolean isSlight() {
            return Math.abs(learned) < RunProgress.SLIGHT && Math.abs(weight) < RunProgress.SLIGHT;
        }
    }

    static Playground of(
            CompositionRun run,
            RunResult result,
            Optional<WorkerTask> trial,
            Optional<TaskResult> answer,
            TaskRequest.Mix asked) {
        double[] learned = ResultView.weights(run, result);
        List<Slider> sliders = new ArrayList<>();
        for (int i = 0; i < learned.length; i++) {
            double weight = asked == null ? learned[i] : asked.mixes().get(0).get(i);
            RunCandidate candidate = run.candidates.get(i);
            sliders.add(new Slider(i, candidate.name(), candidate.address(), weight, learned[i]));
        }
        sliders.sort((a, b) -> Double.compare(Math.abs(b.learned), Math.abs(a.learned)));
        return new Playground(
                asked == null || asked.inputs().isEmpty() ? "" : asked.inputs().get(0),
                sliders,
                trial.map(t -> t.id).orElse(null),
                answer.filter(TaskResult.Mix.class::isInstance)
                        .map(TaskResult.Mix.class::cast)
                        .orElse(null),
                answer.filter(TaskResult.Failed.class::isInstance)
                        .map(a -> ((TaskResult.Failed) a).why())
                        .orElse(null));
    }

    /** The mixes to ask for: by hand; and with an input also base, best single adapter and the result. */
    static TaskRequest.Mix question(CompositionRun run, RunResult result, List<Double> weights, String input) {
        List<List<Double>> mixes = new ArrayList<>(List.of(weights));
        if (!input.isBlank()) {
            List<Double> base = new ArrayList<>();
            List<Double> single = new ArrayList<>();
            List<Double> composed = new ArrayList<>();
            double[] learned = ResultView.weights(run, result);
            for (int i = 0; i < learned.length; i++) {
                base.add(0.0);
                String address = run.candidates.get(i).address();
                single.add(address.equals(result.bestSingle().name()) ? 1.0 : 0.0);
                composed.add(learned[i]);
            }
            mixes.addAll(List.of(base, single, composed));
        }
        return new TaskRequest.Mix(
                run.id, mixes, 1, input.isBlank() ? List.of() : List.of(input), TaskRequest.Rows.NONE);
    }

    public boolean isWaiting() {
        return trial != null && answer == null && failure == null;
    }

    /** Whether the weights are others than those of the result. */
    public boolean isByHand() {
        return sliders.stream().anyMatch(s -> s.weight != s.learned);
    }

    public List<Slider> used() {
        return sliders.stream().filter(s -> !s.isSlight()).toList();
    }

    public List<Slider> slight() {
        return sliders.stream().filter(Slider::isSlight).toList();
    }

    /** What the mix with a number says to the input. */
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
