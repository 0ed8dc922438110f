package io.lorahub.engine.learning;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lorahub.engine.error.EngineException;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ObjectiveCommandTest {

    private static final List<LearningOutcome> OUTCOMES = List.of(
            new LearningOutcome(new Example("a \"quoted\"\nline", "b"), new float[] {1, 3}, "b"),
            new LearningOutcome(new Example("c", "d"), new float[] {0.5F}, "x"));

    private static double value(String command) {
        return new ObjectiveCommand(command, Duration.ofSeconds(20)).value(OUTCOMES);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            # one number for all, one for each, and what the command reads
            cat > /dev/null; echo 0.25                        | 0.25
            while read -r line; do echo; echo 2e0; done       | 2
            printf '1\\n4\\n'                                 | 2.5
            wc -l                                             | 2
            grep -c '"prediction":"b"'                        | 1
            grep -c '"output":"b",.*"loss":2.0'               | 1
            """)
    void the_mean_of_the_numbers_is_the_value(String command, double expected) {
        assertThat(value(command)).isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            echo oh dear >&2; exit 3   | ended with exit status 3. It said: oh dear
            no-such-program-anywhere   | ended with exit status 127. It said:
            echo good                  | wrote "good" where a finite number is expected.
            echo NaN                   | wrote "NaN" where a finite number is expected.
            true                       | wrote 0 numbers for 2 examples; it must write one for each, or one for all.
            printf '1\\n2\\n3\\n'      | wrote 3 numbers for 2 examples
            head -c 2000000 /dev/zero  | wrote more than a million bytes to standard output.
            """)
    void what_is_wrong_with_a_command_is_said(String command, String expected) {
        assertThatThrownBy(() -> value(command))
                .isInstanceOf(EngineException.class)
                .hasMessageStartingWith("The objective command \"" + command + "\" " + expected);
    }

    @Test
    void a_command_that_takes_too_long_is_ended() {
        ObjectiveCommand slow = new ObjectiveCommand("sleep 300", Duration.ofMillis(1));
        assertThatThrownBy(() -> slow.value(OUTCOMES))
                .isInstanceOf(EngineException.class)
                .hasMessageStartingWith("The objective command \"sleep 300\" did not end within ");
    }

    @Test
    void an_empty_command_is_refused() {
        assertThatThrownBy(() -> Objectives.named("command: ", 0)).hasMessageContaining("give a command line");
    }
}
