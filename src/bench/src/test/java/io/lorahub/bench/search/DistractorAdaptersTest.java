package io.lorahub.bench.search;

import static org.assertj.core.api.Assertions.assertThat;

import io.lorahub.demo.DemoHub;
import io.lorahub.engine.lora.LoraAdapter;
import io.lorahub.engine.lora.check.LoraModule;
import java.util.HashSet;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class DistractorAdaptersTest {

    private final DemoHub hub = DemoHub.open();
    private final List<LoraAdapter> originals = LoraAdapter.loadAll(hub.adaptersFolder());

    @AfterEach
    void close() {
        originals.forEach(LoraAdapter::close);
    }

    @Test
    void the_originals_are_among_many_of_different_names() {
        List<LoraAdapter> all = DistractorAdapters.around(originals, 30, 7, hub.tasks());

        assertThat(all).hasSize(54).containsAll(originals);
        assertThat(new HashSet<>(all.stream().map(LoraAdapter::name).toList())).hasSize(54);
        assertThat(all.subList(0, 24)).as("order").isNotEqualTo(originals);
    }

    @Test
    void the_seed_decides() {
        LoraAdapter first = noisy(DistractorAdapters.around(originals, 3, 7, hub.tasks()));
        LoraAdapter same = noisy(DistractorAdapters.around(originals, 3, 7, hub.tasks()));
        LoraAdapter other = noisy(DistractorAdapters.around(originals, 3, 8, hub.tasks()));

        assertThat(values(first)).isEqualTo(values(same)).isNotEqualTo(values(other));
    }

    @Test
    void a_merged_one_has_the_rank_of_two() {
        LoraAdapter merged = DistractorAdapters.around(originals, 3, 7, hub.tasks()).stream()
                .filter(a -> a.name().equals("merged-2"))
                .findFirst()
                .orElseThrow();

        assertThat(merged.modules().values()).extracting(LoraModule::rank).containsOnly(16);
    }

    private static LoraAdapter noisy(List<LoraAdapter> all) {
        return all.stream().filter(a -> a.name().equals("noisy-0")).findFirst().orElseThrow();
    }

    private static float[] values(LoraAdapter adapter) {
        return adapter.modules().values().iterator().next().a().toFloats();
    }
}
