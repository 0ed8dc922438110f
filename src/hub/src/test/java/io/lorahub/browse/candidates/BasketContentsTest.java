package io.lorahub.browse.candidates;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class BasketContentsTest {

    @Test
    void a_cookie_keeps_the_order() {
        BasketContents basket = new BasketContents(List.of(70_000L, 3L, 36L));
        assertThat(BasketContents.parse(basket.text())).isEqualTo(basket);
    }

    @Test
    void a_full_basket_fits_into_a_cookie() {
        List<Long> ids =
                LongStream.range(0, 200).mapToObj(i -> Integer.MAX_VALUE - i).toList();
        BasketContents basket = new BasketContents(ids);
        assertThat(basket.ids()).hasSize(100);
        assertThat(basket.text()).hasSizeLessThan(1000);
        assertThat(BasketContents.parse(basket.text())).isEqualTo(basket);
    }

    @Test
    void an_invalid_basket_is_empty() {
        for (String text : new String[] {null, "", ".", "1..2", "zzzzzzzzzzzzzz", "-1", "ä", "1.".repeat(200) + "1"}) {
            assertThat(BasketContents.parse(text).ids()).as(text).isEmpty();
        }
    }

    @Test
    void nothing_is_in_it_twice() {
        BasketContents basket = new BasketContents(List.of(1L, 2L)).with(List.of(2L, 3L));
        assertThat(basket.ids()).containsExactly(1L, 2L, 3L);
        assertThat(basket.without(List.of(1L, 9L)).ids()).containsExactly(2L, 3L);
    }
}
