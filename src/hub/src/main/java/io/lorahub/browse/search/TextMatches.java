package io.lorahub.browse.search;

import java.util.HashMap;
import java.util.Map;
import org.roaringbitmap.RoaringBitmap;

/**
 * Adapters that match a text.
 *
 * @param all   ids of all matches
 * @param ranks rank of each match if there are few, else empty
 * @param heads ids of those with the text in name, title, tags or publisher if there are many, else empty
 */
record TextMatches(RoaringBitmap all, Map<Integer, Float> ranks, RoaringBitmap heads) {

    private static final float IN_HEAD = 0.6f;
    private static final float BY_ADDRESS = 100;
    private static final float ELSEWHERE = 0.06f;

    /** Adds the adapter whose address was searched for, ranked above all others. */
    TextMatches with(int id) {
        RoaringBitmap more = all.clone();
        more.add(id);
        Map<Integer, Float> ranked = new HashMap<>(ranks);
        ranked.put(id, BY_ADDRESS);
        return new TextMatches(more, ranked, heads);
    }

    /** Combines match and popularity: ten times the downloads are worth a quarter of the match. */
    double score(int id, long downloads) {
        Float rank = ranks.get(id);
        float text = rank != null ? rank : heads.contains(id) ? IN_HEAD : ELSEWHERE;
        return text * (1 + 0.25 * Math.log10(1 + downloads));
    }
}
