package io.lorahub.account.signin;

import static org.assertj.core.api.Assertions.assertThat;

import io.lorahub.account.signin.AddressRateLimits.RateLimit;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import org.junit.jupiter.api.Test;

class RateLimitTest {

    private static final Duration HOUR = Duration.ofHours(1);

    private final HandClock clock = new HandClock();
    private final RateLimit limit = new RateLimit(2, HOUR, clock);

    @Test
    void one_too_many_waits_until_the_stretch_is_over() {
        assertThat(limit.count("a")).isZero();
        clock.pass(Duration.ofMinutes(20));
        assertThat(limit.count("a")).isZero();
        assertThat(limit.count("a")).isEqualTo(Duration.ofMinutes(40));
        assertThat(limit.count("b")).isZero();
        clock.pass(Duration.ofMinutes(40));
        assertThat(limit.count("a")).isZero();
    }

    @Test
    void waiting_is_not_lengthened_by_trying() {
        for (int i = 0; i < 10; i++) limit.count("a");
        clock.pass(HOUR.minusSeconds(1));
        assertThat(limit.count("a")).isEqualTo(Duration.ofSeconds(1));
    }

    @Test
    void an_undone_count_does_not_count() {
        limit.count("a");
        limit.count("a");
        limit.undo("a");
        limit.undo("nobody");
        assertThat(limit.count("a")).isZero();
        assertThat(limit.count("a")).isEqualTo(HOUR);
    }

    private static final class HandClock extends Clock {

        private Instant now = Instant.parse("2026-01-01T00:00:00Z");

        void pass(Duration duration) {
            now = now.plus(duration);
        }

        @Override
        public Instant instant() {
            return now;
        }

        @Override
        public ZoneId getZone() {
            return ZoneOffset.UTC;
        }

        @Override
        public Clock withZone(ZoneId zone) {
            throw new UnsupportedOperationException();
        }
    }
}
