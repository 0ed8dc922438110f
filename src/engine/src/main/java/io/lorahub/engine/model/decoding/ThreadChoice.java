package io.lorahub.engine.model.decoding;

import java.util.ArrayList;
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

    private final List<Integer> numbers = new ArrayList<>();
    /** By size, rounded down to a power of two. */
    private final Map<Integer, Times> sizes = new HashMap<>();

    private static final class Times {
        final double[] nanoseconds;
        double saved;
        int tried;

        Times(int numbers) {
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
        return sizes.computeIfAbsent(Integer.highestOneBit(Math.max(1, tokens)), size -> new Times(numbers.size()));
    }

    private static int fastest(Times times) {
        int best = 0;
        for (int i = 1; i < times.nanoseconds.length; i++) {
            if (times.nanoseconds[i] < times.nanoseconds[best]) best = i;
        }
        return best;
    }

    private static int index(Times times) {
        for (int i = 0; i < times.nanoseconds.length; i++) if (times.nanoseconds[i] == 0) return i;
        int best = fastest(times);
        int other = times.tried % times.nanoseconds.length;
        boolean affordable = times.saved * TRIALS >= times.nanoseconds[other];
        return other != best && affordable ? other : best;
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
