package io.lorahub.engine.optimize;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class BoundedLbfgsTest {

    private static double rosenbrock(double[] x, double[] gradient) {
        double a = 1 - x[0];
        double b = x[1] - x[0] * x[0];
        gradient[0] = -2 * a - 400 * b * x[0];
        gradient[1] = 200 * b;
        return a * a + 100 * b * b;
    }

    @Test
    void finds_a_minimum_inside() {
        BoundedLbfgs.Minimum minimum = new BoundedLbfgs(new double[] {-2, -2}, new double[] {2, 2}, 500)
                .minimize(BoundedLbfgsTest::rosenbrock, new double[] {-1.2, 1});
        assertThat(minimum.point()).containsExactly(new double[] {1, 1}, within(1e-3));
    }

    @Test
    void finds_a_minimum_on_a_bound() {
        BoundedLbfgs.Minimum minimum = new BoundedLbfgs(new double[] {-2, -2}, new double[] {0.5, 2}, 500)
                .minimize(BoundedLbfgsTest::rosenbrock, new double[] {-1.2, 1});
        assertThat(minimum.point()).containsExactly(new double[] {0.5, 0.25}, within(1e-3));
    }

    @Test
    void a_start_outside_is_moved_in() {
        BoundedLbfgs.Minimum minimum = new BoundedLbfgs(new double[] {0}, new double[] {1}, 50)
                .minimize(
                        (x, g) -> {
                            g[0] = 1;
                            return x[0];
                        },
                        new double[] {7});
        assertThat(minimum.point()).containsExactly(0);
    }
}
