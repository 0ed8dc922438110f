package io.lorahub.engine.learning;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lorahub.engine.error.EngineException;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Objectives of a class of one's own. */
class ObjectivesTest {

    public static final class Own implements Objective {
        @Override
        public double value(List<LearningOutcome> outcomes) {
            return 7;
        }
    }

    public abstract static class Unfinished implements Objective {
        public Unfinished() {}
    }

    @Test
    void a_class_of_ones_own_is_found_by_its_name() {
        assertThat(Objectives.named(Own.class.getName(), 1).value(List.of())).isEqualTo(7);
    }

    @Test
    void what_cannot_be_used_is_refused_with_the_reason() {
        assertRefused("no-such", "There is no objective \"no-such\"; use one of loss");
        assertRefused(String.class.getName(), "must implement " + Objective.class.getName());
        assertRefused(Unfinished.class.getName(), "could not be created");
    }

    private static void assertRefused(String name, String message) {
        assertThatThrownBy(() -> Objectives.named(name, 1))
                .isInstanceOf(EngineException.class)
                .hasMessageContaining(message);
    }
}
