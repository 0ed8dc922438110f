package io.lorahub.engine.optimize.margin;

import static org.assertj.core.api.Assertions.assertThat;

import io.lorahub.engine.optimize.SearchSettings;
import io.lorahub.engine.optimize.SearchSpace;
import io.lorahub.engine.optimize.Vectors;
import io.lorahub.engine.setting.SettingValues;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class RepresentativesTest {

    private static final int LENGTH = 4000;

    private final Random random = new Random(5);
    private final List<double[]> deltas = new ArrayList<>();

    /** Each of the first ones is at right angles to the others, nearly. */
    private void originals(int count) {
        for (int i = 0; i < count; i++) {
            deltas.add(random.doubles(LENGTH, -1, 1).toArray());
        }
    }

    private void like(int original, double scale, double noise) {
        double[] delta = deltas.get(original).clone();
        for (int k = 0; k < LENGTH; k++) {
            delta[k] = scale * delta[k] + noise * (2 * random.nextDouble() - 1);
        }
        deltas.add(delta);
    }

    private List<Integer> chosen(int count) {
        List<Integer> order = order();
        new Representatives(space(products())).bringForward(order, count);
        assertThat(order).containsExactlyInAnyOrderElementsOf(order());
        return order.subList(0, count);
    }

    private double[][] products() {
        double[][] products = new double[deltas.size()][deltas.size()];
        for (int i = 0; i < products.length; i++) {
            for (int j = 0; j < products.length; j++) {
                products[i][j] = Vectors.dot(deltas.get(i), deltas.get(j));
            }
        }
        return products;
    }

    private List<Integer> order() {
        return new ArrayList<>(IntStream.range(0, deltas.size())
                .map(i -> deltas.size() - 1 - i)
                .boxed()
                .toList());
    }

    private SearchSpace space(double[][] products) {
        return new SearchSpace(
                deltas.size(),
                SettingValues.NONE.with(SearchSettings.BUDGET, 10),
                true,
                new int[] {0},
                weights -> 0,
                () -> products);
    }

    @Test
    void originals_come_before_noisy_and_small_copies_of_them() {
        originals(4);
        for (int i = 0; i < 4; i++) {
            like(i, 0.3, 0);
            like(i, 1, 0.7);
            like(i, 1, 1.5);
        }
        assertThat(chosen(4)).containsExactlyInAnyOrder(0, 1, 2, 3);
    }

    @Test
    void a_copy_in_the_other_direction_is_a_copy() {
        originals(2);
        like(0, -1, 0);
        assertThat(chosen(2)).contains(1);
    }

    @Test
    void adapters_without_effect_come_last() {
        originals(3);
        deltas.add(1, new double[LENGTH]);
        assertThat(chosen(3)).containsExactlyInAnyOrder(0, 2, 3);
    }

    @Test
    void of_unknown_candidates_the_order_stays() {
        originals(3);
        List<Integer> order = order();
        new Representatives(space(null)).bringForward(order, 3);
        assertThat(order).isEqualTo(order());
    }

    @Test
    void more_are_asked_for_than_there_are() {
        originals(3);
        List<Integer> order = order();
        new Representatives(space(new double[3][3])).bringForward(order, 30);
        assertThat(order).containsExactlyInAnyOrder(0, 1, 2);
    }

    @Test
    void copies_in_part_are_not_counted() {
        originals(4);
        like(0, 0.3, 0);
        like(1, 1, 1.5);
        double[][] products = products();
        assertThat(new Representatives(space(products)).bringForward(order(), 6))
                .isEqualTo(4);
        assertThat(new Representatives(space(products)).bringForward(order(), 3))
                .isEqualTo(6);
    }

    /** A mix covers two originals in part each, and so do mixes of the same originals. */
    private void mixed(int first, int second, double share) {
        double[] mix = new double[LENGTH];
        for (int k = 0; k < LENGTH; k++) {
            mix[k] = share * deltas.get(first)[k] + (1 - share) * deltas.get(second)[k];
        }
        deltas.add(mix);
    }

    @Test
    void originals_come_before_mixes_of_two_of_them() {
        originals(4);
        for (int i = 0; i < 3; i++) {
            mixed(i, i + 1, 0.5);
            mixed(i, i + 1, 0.35);
            mixed(i, i + 1, 0.65);
        }
        like(4, 0.5, 0);
        assertThat(chosen(4)).containsExactlyInAnyOrder(0, 1, 2, 3);
    }

    @Test
    void of_equal_candidates_one_is_chosen() {
        originals(2);
        like(0, 1, 0);
        like(0, 1, 0);
        assertThat(chosen(2)).contains(1);
    }
}
