package io.lorahub.composition.result;

import io.lorahub.adapter.lineage.PartWeights;
import io.lorahub.composition.AdapterWeights;
import io.lorahub.composition.CompositionRun;
import io.lorahub.composition.RunResult;
import io.lorahub.composition.WeightBar;
import io.lorahub.composition.task.TaskRequest;
import io.lorahub.composition.task.TaskResult;
import io.lorahub.composition.task.WorkerTask;
import io.lorahub.engine.learning.LearnedMix;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/**
 * The playground: inputs and weights entered by the user, and their results.
 *
 * @param input    text as typed
 * @param adapters all candidates, those that add most to the result first
 * @param task   the last task requested; null before the first
 * @param answer  null while the task waits
 * @param failure why there is no answer; null if there is one or may still be one
 * @param fixed whether the viewer can't try other weights than those of the result
 */
public record Playground(
        String input, List<AdapterSliders> adapters, UUID task, TaskResult.Mix answer, String failure, boolean fixed) {

    /**
     * The sliders of an adapter.
     *
     * @param learned the adapter's weights in the result
     * @param sliders one for all layers, or one for each layer group in the groups' order
     */
    public record AdapterSliders(AdapterWeights learned, List<Slider> sliders) {

        public boolean isGrouped() {
            return sliders.size() > 1;
        }

        public String name() {
            return learned.candidate().name();
        }

        /** A slider that a script uses to move all others; it stands at the weight farthest from 0. */
        public Slider all() {
            double farthest = sliders.stream()
                    .map(Slider::weight)
                    .max(Comparator.comparingDouble(Math::abs))
                    .orElseThrow();
            return new Slider("all-" + sliders.get(0).id, "", name(), PartWeights.ALL, farthest, farthest);
        }

        private boolean isByHand() {
            return sliders.stream().anyMatch(slider -> slider.weight != slider.learned);
        }

        private boolean isSlight() {
            return learned.weights().isSlight() && !isByHand();
        }
    }

    /**
     * A slider for a candidate's weight, in all layers or in a group of them.
     *
     * @param field   name of its field in the form, which ends in the weight's index; empty if it isn't sent
     * @param adapter last part of the candidate's address
     * @param group   name of the layer group; empty for all layers
     * @param weight  weight as set
     * @param learned weight in the result
     */
    public record Slider(String id, String field, String adapter, String group, double weight, double learned) {

        public String name() {
            return group.isEmpty() ? adapter : LearnedMix.named(adapter, group);
        }
    }

    /** @param weights of the result, those that add most to it first */
    static Playground of(
            CompositionRun run,
            List<AdapterWeights> weights,
            Optional<WorkerTask> task,
            Optional<TaskResult> answer,
            TaskRequest.Mix asked,
            boolean fixed) {
        List<AdapterSliders> adapters = new ArrayList<>();
        for (AdapterWeights learned : weights) {
            int place =
                    run.candidates.indexOf(learned.candidate()) * learned.bars().size();
            List<Slider> sliders = new ArrayList<>();
            for (WeightBar bar : learned.bars()) {
                double weight =
                        asked == null ? bar.weight() : asked.mixes().get(0).get(place);
                String name = learned.candidate().name();
                sliders.add(new Slider("w-" + place, "w" + place, name, bar.group(), weight, bar.weight()));
                place++;
            }
            adapters.add(new AdapterSliders(learned, sliders));
        }
        return new Playground(
                asked == null || asked.inputs().isEmpty() ? "" : asked.inputs().get(0),
                adapters,
                task.map(t -> t.id).orElse(null),
                answer.filter(TaskResult.Mix.class::isInstance)
                        .map(TaskResult.Mix.class::cast)
                        .orElse(null),
                answer.filter(TaskResult.Failed.class::isInstance)
                        .map(a -> ((TaskResult.Failed) a).why())
                        .orElse(null),
                fixed);
    }

    /**
     * The mixes to evaluate: the one set by hand and, if there is an input, also base, best single adapter and result.
     *
     * @param fixed leaves out the best single adapter
     */
    static TaskRequest.Mix question(
            CompositionRun run, RunResult result, List<Double> weights, String input, boolean fixed) {
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
                single.add(address.equals(result.bestSingle.name()) ? 1.0 : 0.0);
                composed.add(learned[i]);
            }
            mixes.addAll(fixed ? List.of(base, composed) : List.of(base, single, composed));
        }
        return new TaskRequest.Mix(
                run.id, mixes, 1, input.isBlank() ? List.of() : List.of(input), TaskRequest.Rows.NONE);
    }

    public boolean isWaiting() {
        return task != null && answer == null && failure == null;
    }

    /** Whether the weights differ from those of the result. */
    public boolean isByHand() {
        return adapters.stream().anyMatch(AdapterSliders::isByHand);
    }

    /** The adapters to show at once: those that aren't slight in the result, and those whose weights were changed. */
    public List<AdapterSliders> main() {
        return adapters.stream().filter(adapter -> !adapter.isSlight()).toList();
    }

    public List<AdapterSliders> slight() {
        return adapters.stream().filter(AdapterSliders::isSlight).toList();
    }

    /** What the base model writes for the input. */
    public String ofBase() {
        return written(1);
    }

    /** What the best single adapter writes, if it may be tried. */
    public Optional<String> ofSingle() {
        return answer.mixes().size() == 4 ? Optional.of(written(2)) : Optional.empty();
    }

    public String ofResult() {
        return written(answer.mixes().size() - 1);
    }

    public String ofTheseWeights() {
        return written(0);
    }

    private String written(int mix) {
        return answer.mixes().get(mix).predictions().get(0);
    }

    public boolean hasPredictions() {
        return answer != null && answer.mixes().size() > 1;
    }

    public Double objective() {
        return answer == null ? null : answer.mixes().get(0).objective();
    }
}
