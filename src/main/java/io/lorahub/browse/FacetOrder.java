package io.lorahub.browse;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import org.roaringbitmap.RoaringBitmap;

/**
 * The values of one facet, the most common first. Counts within a selection are never larger than those in all, so the
 * search for the largest ends as soon as the rest is too rare.
 */
final class FacetOrder {

    private static final Comparator<FacetCount> LARGEST =
            Comparator.comparingInt(FacetCount::count).reversed().thenComparing(FacetCount::value);

    private record Value(String text, RoaringBitmap bitmap, int size) {}

    private final List<Value> values;

    private FacetOrder(List<Value> values) {
        this.values = values;
    }

    static FacetOrder of(Map<String, RoaringBitmap> bitmaps) {
        List<Value> values = new ArrayList<>(bitmaps.size());
        bitmaps.forEach((text, bitmap) -> values.add(new Value(text, bitmap, bitmap.getCardinality())));
        values.sort(Comparator.comparingInt(Value::size).reversed().thenComparing(Value::text));
        return new FacetOrder(values);
    }

    /** Of all adapters: nothing is to be counted. */
    List<FacetCount> largest(int most) {
        return values.stream()
                .limit(most)
                .map(value -> new FacetCount(value.text(), value.size()))
                .toList();
    }

    List<FacetCount> counts(RoaringBitmap adapters, int most) {
        PriorityQueue<FacetCount> largest = new PriorityQueue<>(LARGEST.reversed());
        for (Value value : values) {
            if (largest.size() == most && value.size() < largest.peek().count()) break;
            int count = RoaringBitmap.andCardinality(adapters, value.bitmap());
            if (count == 0) continue;
            largest.add(new FacetCount(value.text(), count));
            if (largest.size() > most) largest.remove();
        }
        return largest.stream().sorted(LARGEST).toList();
    }
}
