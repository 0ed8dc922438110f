package io.lorahub.storage;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class DatabaseClockTest {

    private static final Instant NOON = Instant.parse("2031-02-03T12:00:00Z");

    private final AtomicLong passed = new AtomicLong();
    private final Deque<Instant> answers = new ArrayDeque<>();
    private final DatabaseClock clock = new DatabaseClock(
            () -> {
                if (answers.isEmpty()) throw new IllegalStateException("The connection is closed.");
                return answers.remove();
            },
            passed::get);

    @Test
    void it_goes_by_the_database_whatever_the_machine_says() {
        answers.addAll(List.of(NOON, NOON.plusSeconds(90)));

        assertThat(clock.now()).isEqualTo(NOON);
        passed.addAndGet(Duration.ofSeconds(20).toNanos());
        assertThat(clock.now()).isEqualTo(NOON.plusSeconds(20));
        passed.addAndGet(Duration.ofSeconds(20).toNanos());
        assertThat(clock.now()).as("asked again, as a clock may run fast").isEqualTo(NOON.plusSeconds(90));
    }

    @Test
    void it_goes_on_while_the_database_is_away() {
        answers.add(NOON);
        clock.now();
        passed.addAndGet(Duration.ofSeconds(50).toNanos());

        assertThat(clock.now()).isEqualTo(NOON.plusSeconds(50));
    }
}
