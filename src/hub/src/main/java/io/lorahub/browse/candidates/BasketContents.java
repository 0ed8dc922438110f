package io.lorahub.browse.candidates;

import io.lorahub.adapter.Adapter;
import io.lorahub.adapter.Visibility;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.apache.commons.codec.digest.DigestUtils;

/**
 * Ids of candidates, in the order in which they were added. A cookie is limited to 4,096 bytes: a hundred addresses
 * would not fit, but a hundred ids do, and an id survives a rename.
 *
 * <p>Ids can be guessed, and an unlisted adapter is for those who have its address: it has a mark that only they know.
 *
 * @param marks digests of addresses, by ids; only those of unlisted adapters are needed
 */
record BasketContents(List<Long> ids, Map<Long, String> marks) {

    static final int MOST = 100;

    private static final int RADIX = 36;
    private static final int MARK = 8;
    private static final String ID = "[0-9a-z]{1,12}(-[0-9a-f]{" + MARK + "})?";
    private static final Pattern FORM = Pattern.compile(ID + "(\\." + ID + "){0," + (MOST - 1) + "}");

    BasketContents {
        ids = ids.stream().distinct().limit(MOST).toList();
        marks = new HashMap<>(marks);
        marks.keySet().retainAll(ids);
    }

    BasketContents(List<Long> ids) {
        this(ids, Map.of());
    }

    /** Anything that is not a valid basket becomes an empty one. */
    static BasketContents parse(String text) {
        if (text == null || !FORM.matcher(text).matches()) return new BasketContents(List.of());
        List<Long> ids = new ArrayList<>();
        Map<Long, String> marks = new HashMap<>();
        for (String word : text.split("\\.")) {
            String[] parts = word.split("-");
            long id = Long.parseLong(parts[0], RADIX);
            ids.add(id);
            if (parts.length > 1) marks.put(id, parts[1]);
        }
        return new BasketContents(ids, marks);
    }

    String text() {
        return ids.stream()
                .map(id -> Long.toString(id, RADIX) + (marks.containsKey(id) ? "-" + marks.get(id) : ""))
                .collect(Collectors.joining("."));
    }

    /** With the marks of adapters that it contains. */
    BasketContents marked(Collection<Adapter> adapters) {
        Map<Long, String> all = new HashMap<>(marks);
        adapters.stream()
                .filter(adapter -> adapter.visibility == Visibility.UNLISTED)
                .forEach(adapter -> all.put(adapter.id, mark(adapter)));
        return new BasketContents(ids, all);
    }

    /** Whether whoever added the adapter had its address, if that matters. */
    boolean isKnown(Adapter adapter) {
        return adapter.visibility != Visibility.UNLISTED || mark(adapter).equals(marks.get(adapter.id));
    }

    private static String mark(Adapter adapter) {
        return DigestUtils.sha256Hex(adapter.address()).substring(0, MARK);
    }

    /** Appends ids that it does not contain yet, as far as there is room. */
    BasketContents with(Collection<Long> more) {
        List<Long> all = new ArrayList<>(ids);
        all.addAll(more);
        return new BasketContents(all, marks);
    }

    BasketContents without(Collection<Long> gone) {
        return new BasketContents(ids.stream().filter(id -> !gone.contains(id)).toList(), marks);
    }
}
