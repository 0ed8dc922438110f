package io.lorahub.bench;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Times of several works that take turns, by name. */
final class TimeSeries {

    private final Map<String, List<Double>> values = new LinkedHashMap<>();

    void add(String name, double seconds) {
        values.computeIfAbsent(name, n -> new ArrayList<>()).add(seconds);
    }

    void time(String name, Runnable work) {
        add(name, Seconds.of(work));
    }

    boolean has(String name) {
        return values.containsKey(name);
    }

    double median(String name) {
        return Samples.of(values.get(name)).median();
    }

    /** Forgets everything, as after warming up. */
    void clear() {
        values.clear();
    }
}
