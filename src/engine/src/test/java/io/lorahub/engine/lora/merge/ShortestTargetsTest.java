package io.lorahub.engine.lora.merge;

import static org.assertj.core.api.Assertions.assertThat;

import io.lorahub.engine.lora.config.ModuleSelector;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ShortestTargetsTest {

    private static final List<String> ALL = List.of(
            "shared",
            "lm_head",
            "e.0.Self.q",
            "e.0.Self.v",
            "e.1.Self.q",
            "e.1.Self.v",
            "d.0.Self.q",
            "d.0.Cross.q",
            "d.0.Self.v",
            "d.0.Cross.v");

    @Test
    void all_of_a_kind_share_their_last_part() {
        assertThat(targets("e.0.Self.q", "e.1.Self.q", "d.0.Self.q", "d.0.Cross.q", "lm_head"))
                .containsExactly("lm_head", "q");
    }

    @Test
    void some_of_a_kind_share_the_longer_part_that_only_they_have() {
        assertThat(targets("e.0.Self.q", "e.1.Self.q", "d.0.Self.q")).containsExactly("Self.q");
        assertThat(targets("d.0.Cross.q", "d.0.Cross.v")).containsExactly("Cross.q", "Cross.v");
    }

    @Test
    void single_layers_are_named_in_full() {
        assertThat(targets("e.1.Self.q", "d.0.Self.v")).containsExactly("d.0.Self.v", "e.1.Self.q");
    }

    @Test
    void without_the_base_model_every_module_is_named_in_full() {
        assertThat(ShortestTargets.exactly(Set.of("e.0.Self.q", "e.1.Self.q"), List.of()))
                .containsExactly("e.0.Self.q", "e.1.Self.q");
    }

    @Test
    void the_targets_cover_what_was_asked_for_and_nothing_else() {
        for (int subset = 1; subset < 1 << ALL.size(); subset++) {
            int bits = subset;
            Set<String> chosen = new java.util.HashSet<>();
            for (int i = 0; i < ALL.size(); i++) if ((bits >> i & 1) == 1) chosen.add(ALL.get(i));
            var names = new ModuleSelector.Names(List.copyOf(ShortestTargets.exactly(chosen, ALL)));
            assertThat(ALL.stream().filter(names::selects)).containsExactlyInAnyOrderElementsOf(chosen);
        }
    }

    private static Iterable<String> targets(String... chosen) {
        return ShortestTargets.exactly(Set.of(chosen), ALL);
    }
}
