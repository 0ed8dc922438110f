package io.lorahub.composition;

import io.quarkus.qute.TemplateExtension;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Workers and runs as the page of admins shows them.
 *
 * @param waiting next first
 * @param failed  newest first
 */
public record PoolView(
        List<WorkerView> workers,
        List<CompositionRun> waiting,
        List<CompositionRun> running,
        List<CompositionRun> failed) {

    /** A priority that can be chosen. */
    public record Choice(int value, String label, boolean chosen) {}

    /** How many runs somebody has in the pool. */
    public record Share(String owner, int running, int waiting) {}

    public long free() {
        return workers.stream()
                .filter(w -> w.state() == WorkerView.State.IDLE || w.state() == WorkerView.State.WORKING)
                .mapToLong(w -> w.slots() - w.running())
                .sum();
    }

    /** Who has most is first. */
    public List<Share> shares() {
        Map<String, int[]> counts = new LinkedHashMap<>();
        running.forEach(run -> counts.computeIfAbsent(owner(run), o -> new int[2])[0]++);
        waiting.forEach(run -> counts.computeIfAbsent(owner(run), o -> new int[2])[1]++);
        return counts.entrySet().stream()
                .map(e -> new Share(e.getKey(), e.getValue()[0], e.getValue()[1]))
                .sorted((a, b) -> Integer.compare(b.running + b.waiting, a.running + a.waiting))
                .toList();
    }

    /** The name of a member, or that nobody has signed in. */
    private static String owner(CompositionRun run) {
        return run.person == null ? "a visitor" : run.person.name;
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
