package io.lorahub.generation.worker;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Slots of a worker that one caller leaves to others. */
class GenerationSlotsTest {

    @Test
    void one_caller_cannot_take_all() {
        GenerationWorker.Slots slots = new GenerationWorker.Slots(34);
        IntStream.range(0, 32).forEach(i -> assertThat(slots.take("one")).isTrue());
        assertThat(slots.take("one")).isFalse();
        assertThat(slots.take("two")).isTrue();
        slots.giveBack("one");
        assertThat(slots.take("one")).isTrue();
        assertThat(slots.take("one")).isFalse();
    }

    @Test
    void a_worker_with_one_slot_lends_it_to_anyone() {
        GenerationWorker.Slots slots = new GenerationWorker.Slots(1);
        assertThat(slots.take("one")).isTrue();
        assertThat(slots.take("one")).isFalse();
        slots.giveBack("one");
        assertThat(slots.take("one")).isTrue();
    }
}
