package io.lorahub.browse.search;

import static org.assertj.core.api.Assertions.assertThat;

import io.lorahub.browse.search.AdapterSearch.ListPage;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.roaringbitmap.RoaringBitmap;

class ListPageTest {

    private static final int LIMIT = 7;

    private final long[] keys = new Random(3).longs(100, -3, 4).toArray();
    private final RoaringBitmap adapters =
            RoaringBitmap.bitmapOf(IntStream.range(0, 100).toArray());
    private final ListPage cut = new ListPage(Sort.LIKES, id -> keys[id], LIMIT);

    /** By key, then by id, the greatest first. */
    private final List<Integer> sorted = IntStream.range(0, 100)
            .boxed()
            .sorted(Comparator.<Integer>comparingLong(id -> keys[id])
                    .thenComparing(Comparator.naturalOrder())
                    .reversed())
            .toList();

    @Test
    void pages_downwards_hold_each_adapter_once_and_in_order() {
        List<Integer> seen = new ArrayList<>();
        Optional<Cursor> place = Optional.empty();
        boolean next = true;
        while (next) {
            ListPage.Page page = cut.after(adapters, place);
            assertThat(page.before()).isEqualTo(seen.size());
            page.adapters().forEach(adapter -> seen.add(adapter.id()));
            place = Optional.of(page.adapters().get(page.adapters().size() - 1));
            next = page.next();
        }
        assertThat(seen).isEqualTo(sorted);
    }

    @Test
    void the_page_before_a_place_ends_there() {
        ListPage.Page third = cut.before(adapters, place(3 * LIMIT));
        assertThat(third.before()).isEqualTo(2 * LIMIT);
        assertThat(third.adapters()).extracting(Cursor::id).isEqualTo(sorted.subList(2 * LIMIT, 3 * LIMIT));

        assertThat(cut.before(adapters, place(3)).adapters())
                .extracting(Cursor::id)
                .isEqualTo(sorted.subList(0, 3));
        assertThat(cut.before(adapters, place(0)).adapters()).isEmpty();
    }

    @Test
    void a_place_stays_one_when_its_adapter_is_gone() {
        Cursor place = place(10);
        adapters.remove(place.id());
        assertThat(cut.after(adapters, Optional.of(place)).adapters())
                .extracting(Cursor::id)
                .isEqualTo(sorted.subList(11, 11 + LIMIT));
    }

    @Test
    void a_place_is_read_back_from_its_text() {
        Cursor place = new Cursor(Sort.TRENDING, Long.MIN_VALUE, 77);
        assertThat(Cursor.parse(place.text())).contains(place);
        for (String text : List.of("", "x", "d.", "d1", "dx.y.z", "d9999999999999999999.1", "q1.1")) {
            assertThat(Cursor.parse(text)).as(text).isEmpty();
        }
    }

    @Test
    void numbers_keep_their_order_as_keys() {
        double[] numbers = {Double.NEGATIVE_INFINITY, -2.5, -1e-9, 0, 1e-9, 3, 1e300};
        for (int i = 1; i < numbers.length; i++) {
            assertThat(ListedAdapter.ordered(numbers[i])).isGreaterThan(ListedAdapter.ordered(numbers[i - 1]));
        }
    }

    private Cursor place(int position) {
        int id = sorted.get(position);
        return new Cursor(Sort.LIKES, keys[id], id);
    }
}
