package io.lorahub.engine.learning;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class NearMissesTest {

    @Test
    void what_goes_on_after_the_answer_and_what_differs_in_case_or_spaces_is_counted_apart() {
        List<Example> examples = List.of(
                new Example("a", "the cats"),
                new Example("b", "the cats"),
                new Example("c", "the cats"),
                new Example("d", "the cats"));

        NearMisses near = NearMisses.of(List.of("the cats", "the catscats", "The  Cats", "the dogs"), examples);

        assertThat(near).isEqualTo(new NearMisses(25, 25));
    }

    @Test
    void a_space_after_the_answer_is_no_wrong_end() {
        assertThat(NearMisses.of(List.of("cats "), List.of(new Example("a", "cats"))))
                .isEqualTo(new NearMisses(0, 100));
    }
}
