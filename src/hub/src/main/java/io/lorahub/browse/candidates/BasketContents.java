package io.lorahub.browse.candidates;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Ids of candidates, in the order in which they were added. A cookie is limited to 4,096 bytes: a hundred addresses
 * would not fit, but a hundred ids do, and an id survives a rename.
 */
record BasketContents(List<Long> ids) {

    static final int MOST = 100;

    private static final int RADIX = 36;
    private static final Pattern FORM = Pattern.compile("[0-9a-z]{1,12}(\\.[0-9a-z]{1,12}){0," + (MOST - 1) + "}");

    BasketContents {
        ids = ids.stream().distinct().limit(MOST).toList();
    }

    /** Anything that is not a valid basket becomes an empty one. */
    static BasketContents parse(String text) {
        if (text == null || !FORM.matcher(text).matches()) return new BasketContents(List.of());
        List<Long> ids = new ArrayList<>();
        for (String id : text.split("\\.")) ids.add(Long.parseLong(id, RADIX));
        return new BasketContents(ids);
    }

    String text() {
        return ids.stream().map(id -> Long.toString(id, RADIX)).collect(Collectors.joining("."));
    }

    /** Appends ids that it does not contain yet, as far as there is room. */
    BasketContents with(Collection<Long> more) {
        List<Long> all = new ArrayList<>(ids);
        all.addAll(more);
        return new BasketContents(all);
    }

    BasketContents without(Collection<Long> gone) {
        return new BasketContents(ids.stream().filter(id -> !gone.contains(id)).toList());
    }
}
