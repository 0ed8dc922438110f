package io.lorahub.engine.model.decoding;

import static org.assertj.core.api.Assertions.assertThat;

import io.lorahub.engine.model.decoding.CachePlaces.Range;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class CachePlacesTest {

    @Test
    void texts_of_similar_length_lie_evenly_apart() {
        CachePlaces places = new CachePlaces(512);
        assertThat(places.take(70)).contains(new Range(0, 96, 128));
        assertThat(places.take(100)).contains(new Range(128, 128, 128));
        assertThat(places.take(65)).contains(new Range(256, 96, 128));
        assertThat(places.take(1)).contains(new Range(96, 32, 32)); // what the first leaves
        assertThat(places.take(130)).isEmpty();
    }

    @Test
    void whatever_comes_and_goes_no_place_belongs_to_two_texts() {
        CachePlaces places = new CachePlaces(1000);
        assertThat(places.size()).isEqualTo(1024);
        Random random = new Random(1);
        List<Range> held = new ArrayList<>();
        int[] owners = new int[places.size()];
        for (int i = 0; i < 2000; i++) {
            if (random.nextBoolean() && !held.isEmpty()) {
                Range range = held.remove(random.nextInt(held.size()));
                for (int place = 0; place < range.count(); place++) owners[range.first() + place]--;
                places.free(range);
            } else {
                int needed = 1 + random.nextInt(200);
                places.take(needed).ifPresent(range -> {
                    assertThat(range.count()).isGreaterThanOrEqualTo(needed);
                    held.add(range);
                    for (int place = 0; place < range.count(); place++) {
                        assertThat(owners[range.first() + place]++).isZero();
                    }
                });
            }
            assertThat(places.taken())
                    .isEqualTo(held.stream().mapToInt(Range::count).sum());
        }
    }

    @Test
    void the_largest_text_takes_all() {
        CachePlaces places = new CachePlaces(320);
        assertThat(places.canHold(320)).isTrue();
        assertThat(places.canHold(321)).isFalse();
        assertThat(places.take(320)).isPresent();
        assertThat(places.take(1)).isEmpty();
    }
}
