package io.lorahub.composition;

import io.quarkus.qute.TemplateExtension;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Workers and runs as the page of admins shows them.
 *
 * @param waiting next first
 * @param failed  newest first
 * @param totals  also of what is not listed
 * @param shares  who has most is first
 */
public record WorkersView(
        List<WorkerView> workers,
        List<CompositionRun> waiting,
        List<CompositionRun> running,
        List<CompositionRun> failed,
        QueueRows.Totals totals,
        List<QueueRows.Share> shares) {

    /** A priority that can be chosen. */
    public record Choice(int value, String label, boolean chosen) {}

    public long free() {
        return workers.stream()
                .filter(w -> w.state() == WorkerView.State.IDLE || w.state() == WorkerView.State.WORKING)
                .mapToLong(w -> w.slots() - w.running())
                .sum();
    }

    /** What can be chosen for a run, with what it has. */
    @TemplateExtension(namespace = "pool")
    static List<Choice> priorities(CompositionRun run) {
        Stream<Integer> usual = IntStream.rangeClosed(-1, 2).boxed();
        return Stream.concat(usual, Stream.of(run.priority))
                .distinct()
                .sorted((a, b) -> Integer.compare(b, a))
                .map(p -> new Choice(p, word(p), p == run.priority))
                .toList();
    }

    static String word(int priority) {
        return switch (priority) {
            case -1 -> "low";
            case 0 -> "normal";
            case 1 -> "high";
            case 2 -> "highest";
            default -> Integer.toString(priority).replace('-', '−');
        };
    }
}
