package io.lorahub.composition.result;

import io.lorahub.composition.CompositionRun;
import io.lorahub.composition.task.TaskRequest;
import io.lorahub.composition.task.TaskResult;
import io.lorahub.composition.task.WorkerTask;
import io.lorahub.engine.learning.EvaluationRecord;
import io.lorahub.engine.learning.Example;
import io.lorahub.engine.learning.PlausibleMixes;
import io.lorahub.web.ProblemException;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Inputs without outputs, those first whose output would tell most: on them the best mixes that the search tried disagree most.
 *
 * @param inputs  as typed, one a line
 * @param task    the last task requested; null before the first
 * @param ranked  empty while the task waits
 * @param failure why there is no answer; null if there is one or may still be one
 */
public record LabelChoice(String inputs, UUID task, List<Row> ranked, String failure) {

    static final LabelChoice NONE = typed("");

    /** Number of inputs to go on with: as many as a new form has rows. */
    private static final int WORTH_LABELLING = 5;

    /** An input, and what the mixes write for it. */
    public record Row(String input, PlausibleMixes.Texts texts) {

        public boolean isAgreed() {
            return texts.votes().size() == 1;
        }
    }

    /**
     * What to ask the workers. Throws ProblemException if the inputs can't become examples.
     *
     * @param characters that an input can have at most
     */
    static TaskRequest.Mix question(
            CompositionRun run, double[] chosen, List<EvaluationRecord> tried, String typed, int characters) {
        Set<String> known = Stream.concat(run.spec.examples().stream(), run.spec.heldOut().stream())
                .map(Example::input)
                .collect(Collectors.toSet());
        List<String> all =
                typed.lines().map(String::strip).filter(line -> !line.isEmpty()).toList();
        if (all.isEmpty()) throw ProblemException.invalid("input", "Write one input a line.");
        List<String> inputs =
                all.stream().filter(line -> !known.contains(line)).distinct().toList();
        if (inputs.isEmpty()) {
            throw ProblemException.invalid("input", "These are examples of the run already; write other inputs.");
        }
        if (inputs.stream().anyMatch(input -> input.length() > characters)) {
            throw ProblemException.invalid(
                    "input", "An input of your examples can have at most %,d characters.".formatted(characters));
        }
        List<List<Double>> mixes = PlausibleMixes.of(chosen, tried).stream()
                .map(mix -> Arrays.stream(mix).boxed().toList())
                .toList();
        return new TaskRequest.Mix(run.id, mixes, 0, inputs, TaskRequest.Rows.NONE);
    }

    /** Whether it asks for a ranking: the playground also has a mix scored. */
    static boolean isRanking(TaskRequest.Mix asked) {
        return asked.scored() == 0;
    }

    /** Before there is a task. */
    static LabelChoice typed(String inputs) {
        return new LabelChoice(inputs, null, List.of(), null);
    }

    /** Of a task that was swept, or belongs to someone else. */
    static LabelChoice gone() {
        return new LabelChoice("", null, List.of(), "This ranking is gone. Rank the inputs once more.");
    }

    static LabelChoice of(TaskRequest.Mix asked, WorkerTask task, Optional<TaskResult> answer) {
        List<Row> ranked = answer
                .filter(TaskResult.Mix.class::isInstance)
                .map(TaskResult.Mix.class::cast)
                .map(mix -> PlausibleMixes.ranked(
                        mix.mixes().stream().map(TaskResult.Scored::predictions).toList()))
                .orElse(List.of())
                .stream()
                .map(texts -> new Row(asked.inputs().get(texts.input()), texts))
                .toList();
        String failure = answer.filter(TaskResult.Failed.class::isInstance)
                .map(failed -> ((TaskResult.Failed) failed).why())
                .orElse(null);
        return new LabelChoice(String.join("\n", asked.inputs()), task.id, ranked, failure);
    }

    public boolean isWaiting() {
        return task != null && ranked.isEmpty() && failure == null;
    }

    /** Number of mixes that write an output for each. */
    public int mixes() {
        return ranked.get(0).texts().texts().size();
    }

    /** Whether an input is among those to label first. */
    public boolean isFirst(Row row) {
        return !row.isAgreed() && ranked.indexOf(row) < WORTH_LABELLING;
    }
}
