package io.lorahub.engine.model.decoding;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.function.IntToDoubleFunction;
import org.junit.jupiter.api.Test;

class ThreadChoiceTest {

    private final ThreadChoice choice = new ThreadChoice(4);

    /** Returns how many of the steps took each number of threads. */
    private int[] steps(int count, int tokens, IntToDoubleFunction time) {
        int[] used = new int[5];
        for (int i = 0; i < count; i++) {
            int threads = choice.next(tokens);
            used[threads]++;
            choice.took(tokens, threads, time.applyAsDouble(threads));
        }
        return used;
    }

    @Test
    void the_fastest_number_of_threads_is_used_and_others_are_tried_rarely() {
        int[] used = steps(1000, 8, threads -> 100.0 / threads);
        assertThat(used[4]).isGreaterThan(950);
        assertThat(used[1]).isBetween(1, 20);
        assertThat(used[2]).isBetween(1, 30);
    }

    @Test
    void the_choice_follows_the_machine() {
        steps(500, 8, threads -> 100.0 / threads);
        int[] busy = steps(500, 8, threads -> threads == 1 ? 100 : 3000);
        assertThat(busy[1]).isGreaterThan(480);
        int[] quiet = steps(20_000, 8, threads -> 100.0 / threads);
        assertThat(quiet[4]).isGreaterThan(15_000);
    }

    @Test
    void steps_of_other_sizes_have_their_own() {
        steps(300, 1, threads -> 10 * threads);
        assertThat(steps(100, 256, threads -> 1000.0 / threads)[4]).isGreaterThan(90);
        assertThat(steps(100, 1, threads -> 10 * threads)[1]).isGreaterThan(90);
    }

    @Test
    void long_steps_are_no_trials_of_what_short_ones_show_to_be_slow() {
        assertThat(steps(2, 256, threads -> 1000.0 / threads)).containsExactly(0, 0, 0, 0, 2);
        steps(100, 1, threads -> 10.0 / threads);
        assertThat(steps(10, 256, threads -> 1000.0 / threads)).containsExactly(0, 0, 0, 0, 10);
    }

    @Test
    void long_steps_try_what_is_faster_for_short_ones() {
        steps(2, 256, threads -> threads == 1 ? 100 : 3000);
        steps(10, 1, threads -> threads == 1 ? 1 : 30);
        assertThat(steps(10, 256, threads -> threads == 1 ? 100 : 3000)[1]).isEqualTo(10);
    }

    @Test
    void one_thread_is_no_choice() {
        ThreadChoice one = new ThreadChoice(1);
        one.took(1, one.next(1), 5);
        assertThat(one.next(1)).isEqualTo(1);
    }
}
