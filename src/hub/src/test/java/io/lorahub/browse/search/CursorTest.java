package io.lorahub.browse.search;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class CursorTest {

    @Test
    void a_place_is_read_back_from_its_text() {
        for (int position : List.of(0, 1, 1_000_000)) {
            Cursor place = new Cursor(Sort.TRENDING, Long.MIN_VALUE, 77, position);
            assertThat(Cursor.parse(place.text())).contains(place);
        }
        for (String text :
                List.of("", "x", "d.", "d1", "dx.y.z", "dx.y.", "d9999999999999999999.1", "q1.1", "d1.1.9999999999")) {
            assertThat(Cursor.parse(text)).as(text).isEmpty();
        }
    }

    @Test
    void numbers_keep_their_order_as_keys() {
        double[] numbers = {Double.NEGATIVE_INFINITY, -2.5, -1e-9, 0, 1e-9, 3, 1e300};
        for (int i = 0; i < numbers.length; i++) {
            assertThat(Cursor.number(Cursor.ordered(numbers[i]))).isEqualTo(numbers[i]);
            if (i > 0) assertThat(Cursor.ordered(numbers[i])).isGreaterThan(Cursor.ordered(numbers[i - 1]));
        }
    }
}
