package io.lorahub.web;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FormatTest {

    private static final Instant NOW = Instant.parse("2026-11-25T09:44:18.5Z");

    @ParameterizedTest
    @CsvSource({
        "0,0 B",
        "999,999 B",
        "1000,1.0 kB",
        "9949,9.9 kB",
        "9999,10 kB",
        "203456,203 kB",
        "999499,999 kB",
        "999500,1.0 MB",
        "1500000000,1.5 GB",
        "9223372036854775807,9.2 EB"
    })
    void bytes_have_two_or_three_figures(long bytes, String text) {
        assertThat(Format.bytes(bytes)).isEqualTo(text);
    }

    @ParameterizedTest
    @CsvSource({"0,0", "999,999", "1000,1.0k", "12345,12k", "999949,1000k", "999950,1.0M", "25000000,25M"})
    void brief_numbers_take_little_room(long n, String text) {
        assertThat(Format.brief(n)).isEqualTo(text);
    }

    @Test
    void counts_take_their_noun() {
        assertThat(Format.count(1, "adapter")).isEqualTo("1 adapter");
        assertThat(Format.count(0, "adapter")).isEqualTo("0 adapters");
        assertThat(Format.count(1234, "reply", "replies")).isEqualTo("1,234 replies");
    }

    @Test
    void a_negative_number_has_a_real_minus_sign() {
        assertThat(Format.decimal(-0.071, 2)).isEqualTo("−0.07");
        assertThat(Format.percent(0.427)).isEqualTo("43\u00a0%");
    }

    @ParameterizedTest
    @CsvSource({
        "PT59S,just now",
        "PT1M,1 minute ago",
        "PT59M59S,59 minutes ago",
        "PT3H,3 hours ago",
        "P1D,1 day ago",
        "P30D,30 days ago",
        "P31D,25 Oct 2026",
        "PT-30S,in a moment",
        "PT-2H,in 2 hours"
    })
    void times_are_told_by_their_distance(Duration past, String text) {
        assertThat(Format.between(NOW.minus(past), NOW)).isEqualTo(text);
    }

    @Test
    void moments_are_told_in_UTC() {
        assertThat(Format.moment(NOW)).isEqualTo("25 Nov 2026 9:44 UTC");
        assertThat(Format.iso(NOW)).isEqualTo("2026-11-25T09:44:18Z");
    }
}
