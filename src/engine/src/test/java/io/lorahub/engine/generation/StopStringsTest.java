package io.lorahub.engine.generation;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class StopStringsTest {

    @Test
    void what_could_begin_a_stop_string_is_held_back() {
        StopStrings stops = new StopStrings(List.of("END", "\n\n"));
        assertThat(stops.add("a E")).isEqualTo("a ");
        assertThat(stops.add("N")).isEmpty();
        assertThat(stops.add("x\n")).isEqualTo("ENx");
        assertThat(stops.add("b EN")).isEqualTo("\nb ");
        assertThat(stops.isFound()).isFalse();
        assertThat(stops.rest()).isEqualTo("EN");
    }

    @Test
    void the_text_ends_before_the_first_stop_string() {
        StopStrings stops = new StopStrings(List.of("END", "\n\n"));
        assertThat(stops.add("a\nb\n")).isEqualTo("a\nb");
        assertThat(stops.add("\nEND")).isEmpty();
        assertThat(stops.isFound()).isTrue();
        assertThat(stops.add("more")).isEmpty();
        assertThat(stops.rest()).isEmpty();
    }

    @Test
    void a_repeated_beginning_is_kept() {
        StopStrings stops = new StopStrings(List.of("aab"));
        assertThat(stops.add("aa")).isEmpty();
        assertThat(stops.add("a")).isEqualTo("a");
        assertThat(stops.add("b.")).isEmpty();
        assertThat(stops.isFound()).isTrue();
    }
}
