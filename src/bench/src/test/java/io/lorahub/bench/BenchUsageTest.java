package io.lorahub.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import java.lang.reflect.Field;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Option;

class BenchUsageTest {

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            nullValues = "-",
            value = {
                "- | Choose what to measure",
                "engine --dtypes float32 --rounds -1 | --rounds and --threads not negative",
                "serve --llama-cpp --clients 0 | --clients must be at least 1",
                "serve --llama-cpp --tokens 0 | --tokens and --requests must be at least 1"
            })
    void wrong_usage_ends_with_2_and_says_what_is_allowed(String line, String message) {
        BenchLine run = BenchLine.run(line == null ? new String[0] : line.split(" "));

        assertThat(run.exitCode()).isEqualTo(2);
        assertThat(run.err()).contains(message);
        assertThat(run.out()).isEmpty();
    }

    /** picocli formats them, and warns on standard error where a percent sign is not doubled. */
    @Test
    void descriptions_of_options_are_formats() {
        new CommandLine(new BenchCommand())
                .getSubcommands().values().stream()
                        .flatMap(command -> command.getCommandSpec().args().stream())
                        // description() is formatted already
                        .map(ArgSpec::userObject)
                        .filter(option -> option instanceof Field field && field.isAnnotationPresent(Option.class))
                        .flatMap(field -> Stream.of(
                                ((Field) field).getAnnotation(Option.class).description()))
                        .forEach(text -> assertThatCode(() -> String.format(text))
                                .as(text)
                                .doesNotThrowAnyException());
    }
}
