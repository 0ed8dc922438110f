package io.lorahub.engine.lora.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Test;

class PatternTableTest {

    private static final String Q = "decoder.block.0.layer.0.SelfAttention.q";

    @Test
    void a_whole_name_or_what_follows_a_dot_matches() {
        assertThat(table(Q, 3).valueOf(Q)).hasValue(3);
        assertThat(table("SelfAttention.q", 3).valueOf(Q)).hasValue(3);
        assertThat(table("q", 3).valueOf(Q)).hasValue(3);
    }

    @Test
    void a_part_of_a_word_does_not_match() {
        assertThat(table("Attention.q", 3).valueOf(Q)).isEmpty();
        assertThat(table("decoder.block.0", 3).valueOf(Q)).isEmpty();
        assertThat(table("SelfAttention", 3).valueOf(Q)).isEmpty();
    }

    @Test
    void alternatives_stay_within_the_pattern() {
        PatternTable table = table("q|v", 5);
        assertThat(table.valueOf(Q)).hasValue(5);
        assertThat(table.valueOf("decoder.v")).hasValue(5);
        assertThat(table.valueOf("decoder.vv")).isEmpty();
    }

    @Test
    void a_caret_asks_for_the_whole_name() {
        assertThat(table("^decoder\\..*q", 3).valueOf(Q)).hasValue(3);
        assertThat(table("^block\\..*q", 3).valueOf(Q)).isEmpty();
    }

    @Test
    void the_first_entry_that_matches_counts() {
        Map<String, Double> values = new LinkedHashMap<>();
        values.put("v", 1.0);
        values.put("q", 2.0);
        values.put(Q, 3.0);
        assertThat(new PatternTable(values, new MatchBudget()).valueOf(Q)).hasValue(2);
    }

    @Test
    void catastrophic_backtracking_ends_soon() {
        PatternTable table = table("(([a-zA-Z0-9.]+)*)*!", 1);
        Assertions.assertTimeoutPreemptively(
                Duration.ofSeconds(5),
                () -> assertThatThrownBy(() -> table.valueOf(Q))
                        .isInstanceOf(BoundedPattern.UnusablePatternException.class)
                        .hasMessageContaining("too long"));
    }

    @Test
    void an_invalid_expression_is_reported_at_once() {
        assertThatThrownBy(() -> table("q(", 1)).isInstanceOf(BoundedPattern.UnusablePatternException.class);
        assertThatThrownBy(() -> table("(".repeat(9_000) + ")".repeat(9_000), 1))
                .isInstanceOf(BoundedPattern.UnusablePatternException.class);
    }

    private static PatternTable table(String pattern, double value) {
        return new PatternTable(Map.of(pattern, value), new MatchBudget());
    }
}
