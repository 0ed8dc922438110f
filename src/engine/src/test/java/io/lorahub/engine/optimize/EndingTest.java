package io.lorahub.engine.optimize;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class EndingTest {

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
        37  | 40  | 0.2   | The objective was still falling when the budget was spent: a larger one may lower it further.
        40  | 40  | 0.001 | The objective was still falling when the budget was spent: a larger one may lower it further.
        33  | 40  | 0.2   | Of 40 evaluations, those after the first 33 brought no gain.
        300 | 1000 | 0.005 | Of 1,000 evaluations, those after the first 300 brought no gain: the examples are fitted, and only more of them can tell the search more.
        """)
    void it_says_when_a_search_stopped_gaining(int lastGain, int spent, double loss, String expected) {
        assertThat(Ending.gains(lastGain, spent, loss)).isEqualTo(expected);
    }
}
