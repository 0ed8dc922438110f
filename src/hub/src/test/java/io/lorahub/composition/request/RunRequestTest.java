package io.lorahub.composition.request;

import static org.assertj.core.api.Assertions.assertThat;

import io.lorahub.composition.RunSpec;
import io.lorahub.engine.learning.Example;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class RunRequestTest {

    @Test
    void a_title_that_is_left_out_is_made_from_the_first_example() {
        assertThat(of(null, new Example("", ""), new Example("lock\nit", "unlocked"))
                        .titled())
                .isEqualTo("lock it → unlocked");
        assertThat(of(" ", new Example("a".repeat(58) + "😀", "b")).titled()).isEqualTo("a".repeat(58) + "😀…");
        assertThat(of("", new Example("only an input", "")).titled()).isEmpty();
        assertThat(of("of my own", new Example("lock", "unlocked")).titled()).isEqualTo("of my own");
    }

    @Test
    void a_fork_takes_over_the_title_unless_it_was_emptied() {
        Example example = new Example("lock", "unlocked");

        assertThat(of(null, example).forkOf(UUID.randomUUID(), 0).titled()).isNull();
        assertThat(of("", example).forkOf(UUID.randomUUID(), 0).titled()).isEqualTo("lock → unlocked");
    }

    private static RunRequest of(String title, Example... examples) {
        return new RunRequest(title, "", Optional.empty(), List.of(), RunSpec.of(List.of(examples), List.of()));
    }
}
