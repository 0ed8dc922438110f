package io.lorahub.bench.report;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Times on the wall clock. */
public final class Seconds {

    private Seconds() {}

    public static double of(Runnable work) {
        long start = System.nanoTime();
        work.run();
        return (System.nanoTime() - start) / 1e9;
    }

    /**
     * Runs the tasks in turn, so that other load on the machine affects all of them alike; the first round isn't timed.
     */
    public static List<Samples> interleaved(int rounds, List<Runnable> works) {
        works.forEach(Runnable::run);
        List<List<Double>> times = new ArrayList<>();
        works.forEach(w -> times.add(new ArrayList<>()));
        for (int i = 0; i < rounds; i++) {
            for (int k = 0; k < works.size(); k++) times.get(k).add(of(works.get(k)));
        }
        return times.stream().map(Samples::of).toList();
    }

    /** In milliseconds with three digits or more. */
    public static String milliseconds(double seconds) {
        double ms = seconds * 1e3;
        return String.format(Locale.ROOT, ms < 10 ? "%.2f" : ms < 100 ? "%.1f" : "%.0f", ms);
    }
}
