package io.lorahub.download;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

class FirstDownloadsTest {

    @Test
    void everybody_counts_once_a_day_for_each_adapter() {
        Instant morning = Instant.parse("2026-11-25T06:00:00Z");
        AtomicReference<Instant> now = new AtomicReference<>(morning);
        FirstDownloads firsts = new FirstDownloads(new Clock() {
            @Override
            public ZoneOffset getZone() {
                return ZoneOffset.UTC;
            }

            @Override
            public Clock withZone(ZoneId zone) {
                return this;
            }

            @Override
            public Instant instant() {
                return now.get();
            }
        });
        assertThat(firsts.isFirst(1, "192.0.2.1")).isTrue();
        assertThat(firsts.isFirst(1, "192.0.2.1")).isFalse();
        assertThat(firsts.isFirst(2, "192.0.2.1")).isTrue();
        assertThat(firsts.isFirst(1, "192.0.2.2")).isTrue();
        now.set(morning.plus(Duration.ofHours(17)));
        assertThat(firsts.isFirst(1, "192.0.2.1")).isFalse();
        now.set(morning.plus(Duration.ofHours(18)));
        assertThat(firsts.isFirst(1, "192.0.2.1")).isTrue();
    }
}
