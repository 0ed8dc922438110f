package io.lorahub.engine.model.decoding;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * How many threads share the next step of decoding. The threads wait for each other some hundred times a step, so on a
 * busy machine, such as beside a run, one thread can be many times as fast as all. This measures what is fastest at the
 * moment, for steps of each size.
 */
final class ThreadChoice {

    /** The share of time that trying other numbers of threads may take. */
    private static final double TRIALS = 0.04;

    /** How much the newest time of a number of threads counts. */
    private static final double NEWEST = 0.4;

    /** Tokens of a step that is short enough to try a number of threads of which nothing is known. */
    private static final int SMALL = 32;

    private final List<Integer> numbers = new ArrayList<>();
    /** By size, rounded down to a power of two. */
    private final Map<Integer, Times> sizes = new HashMap<>();

    private static final class Times {
        final int tokens;
        final double[] nanoseconds;
        double saved;
        int tried;

        Times(int tokens, int numbers) {
            this.tokens = tokens;
            nanoseconds = new double[numbers];
        }
    }

    /** @param most number of threads; smaller powers of two are tried too */
    ThreadChoice(int most) {
        numbers.add(most);
        for (int number = Integer.highestOneBit(Math.max(1, most - 1)); number >= 1 && most > 1; number /= 2) {
            numbers.add(number);
        }
    }

    /** @param tokens number of tokens of the step */
    int next(int tokens) {
        return numbers.get(index(times(tokens)));
    }

    private Times times(int tokens) {
        return sizes.computeIfAbsent(
                Integer.highestOneBit(Math.max(1, tokens)), size -> new Times(size, numbers.size()));
    }

    private int index(Times times) {
        if (times.nanoseconds[0] == 0) return 0;
        int best = 0;
        for (int i = 1; i < times.nanoseconds.length; i++) {
            double expected = expected(times, i);
            if (expected == 0 && times.tokens <= SMALL) return i;
            if (expected > 0 && expected < expected(times, best)) best = i;
        }
        int other = times.tried % times.nanoseconds.length;
        double cost = expected(times, other);
        boolean affordable = cost > 0 && times.saved * TRIALS >= cost;
        return other != best && affordable ? other : best;
    }

    /**
     * The time of a step with a number of threads, also if only steps of other sizes had it: a trial of one thread for the
     * longest steps would take many times as long as they do. 0 if it is unknown.
     */
    private double expected(Times times, int index) {
        if (times.nanoseconds[index] > 0) return times.nanoseconds[index];
        return sizes.values().stream()
                .filter(other -> other.nanoseconds[0] > 0 && other.nanoseconds[index] > 0)
                .min(Comparator.comparingDouble(other -> Math.abs(Math.log((double) other.tokens / times.tokens))))
                .map(other -> times.nanoseconds[0] * other.nanoseconds[index] / other.nanoseconds[0])
                .orElse(0.0);
    }

    /** Notes what a step took. */
    void took(int tokens, int threads, double nanoseconds) {
        Times times = times(tokens);
        int index = numbers.indexOf(threads);
        double before = times.nanoseconds[index];
        times.nanoseconds[index] = before == 0 ? nanoseconds : before + NEWEST * (nanoseconds - before);
        int other = times.tried % numbers.size();
        if (index == other) {
            times.tried++;
            times.saved = 0;
        } else {
            times.saved += nanoseconds;
        }
    }
}
