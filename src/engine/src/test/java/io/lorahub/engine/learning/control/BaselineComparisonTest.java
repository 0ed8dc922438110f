package io.lorahub.engine.learning.control;

import static org.assertj.core.api.Assertions.assertThat;

import io.lorahub.engine.learning.Accuracy;
import io.lorahub.engine.learning.NearMisses;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BaselineComparisonTest {

    private static Control control(String name, double loss, int right) {
        double share = 10.0 * right;
        Optional<Accuracy> heldOut = right < 0
                ? Optional.empty()
                : Optional.of(new Accuracy(
                        share, share, Math.max(0, share - 20), Math.min(100, share + 20), 10, NearMisses.NONE));
        return new Control(name, new double[1], loss, loss, heldOut, List.of());
    }

    /** Losses on the examples, and how many of ten held-out ones are right; −1 without these. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
        9.50 | 1.92 | 9.44 |  0 |  0 |  0 | SINGLE_BETTER
        9.50 | 9.49 | 9.44 |  0 |  0 |  0 | NONE_HELPS
        9.50 | 1.92 | 1.91 |  3 |  3 |  3 | SINGLE_AS_GOOD
        9.50 | 1.92 | 0.50 |  3 |  3 |  3 | FITS
        9.50 | 1.92 | 0.50 |  3 |  5 |  4 | SINGLE_BETTER
        9.50 | 1.92 | 0.50 |  5 |  3 |  4 | NONE_HELPS
        9.50 | 0.10 | 0.50 |  0 |  3 |  4 | MAY_HELP
        9.50 | 1.92 | 0.50 |  0 |  3 |  9 | HELPS
        9.50 | 1.92 | 0.50 | -1 | -1 | -1 | FITS
        9.50 | 1.92 | 1.91 | -1 | -1 | -1 | SINGLE_AS_GOOD
        9.50 | 1.92 | 9.44 | -1 | -1 | -1 | SINGLE_BETTER
        1.00 | 0.99 | 0.99 | -1 | -1 | -1 | NONE_HELPS
        -1.0 | -1.0 | -1.0 | -1 | -1 | -1 | NONE_HELPS
        -1.0 | -9.9 | -10.0 | -1 | -1 | -1 | SINGLE_AS_GOOD
        -1.0 | -9.0 | -10.0 | -1 | -1 | -1 | FITS
        -1.0 | -9.0 | -5.0 | -1 | -1 | -1 | SINGLE_BETTER
        """)
    void held_out_examples_count_first_and_the_loss_where_they_tie(
            double base,
            double single,
            double mix,
            int baseRight,
            int singleRight,
            int mixRight,
            BaselineComparison expected) {
        assertThat(BaselineComparison.of(
                        control("base", base, baseRight),
                        control("un", single, singleRight),
                        control("composed", mix, mixRight)))
                .isEqualTo(expected);
    }

    @Test
    void the_verdict_names_what_the_rule_found() {
        assertThat(Verdict.of("loss", control("base", 9.5, 0), control("un", 1.92, 0), control("composed", 9.44, 0)))
                .isEqualTo(
                        "The best single adapter is better than the mix. The mix gets 0 of 10 held-out examples right,"
                                + " the best single adapter, un, 0 and the base model 0 (loss on the examples: mix 9.44, best"
                                + " single adapter 1.92, base model 9.50). Use that adapter alone, or a larger budget.");
    }
}
