package io.lorahub.bench.report;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Times of several tasks that take turns, by name. */
public final class TimeSeries {

    private final Map<String, List<Double>> values = new LinkedHashMap<>();

    public void add(String name, double seconds) {
        values.computeIfAbsent(name, n -> new ArrayList<>()).add(seconds);
    }

    public void time(String name, Runnable work) {
        add(name, Seconds.of(work));
    }

    public boolean has(String name) {
        return values.containsKey(name);
    }

    public double median(String name) {
        return Samples.of(values.get(name)).median();
    }

    /** Forgets everything, as after warming up. */
    public void clear() {
        values.clear();
    }
}
