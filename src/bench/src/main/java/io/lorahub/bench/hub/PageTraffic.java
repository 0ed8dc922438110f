package io.lorahub.bench.hub;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/**
 * Pages that visitors request, drawn from the hub's data: facets and words occur as often as on its adapters. The
 * same seed draws the same pages.
 */
final class PageTraffic {

    /** What visitors do, in equal parts. */
    enum Kind {
        BROWSE,
        FACETS,
        SEARCH
    }

    record Visit(Kind kind, String path) {}

    private static final int SAMPLED = 5000;
    private static final String[] SORTS = {"trending", "downloads", "likes", "newest"};

    private record Listed(List<String> filters, List<String> words) {}

    private final List<Listed> adapters = new ArrayList<>();
    private final List<String> deep;
    private final SplittableRandom random;
    private int count;

    /** @param deep addresses of pages further down in lists */
    PageTraffic(Connection connection, List<String> deep, long seed) throws SQLException {
        this.deep = deep;
        this.random = new SplittableRandom(seed);
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(
                        "select a.base_model, a.licence, a.rank::text, a.tags, a.languages, a.target_modules,"
                                + " a.title || ' ' || a.summary, m.model_type"
                                + " from adapter a left join base_model m on m.name = a.base_model order by md5(a.id::text) limit "
                                + SAMPLED)) {
            while (row.next()) adapters.add(listed(row));
        }
    }

    private static Listed listed(ResultSet row) throws SQLException {
        List<String> filters = new ArrayList<>(List.of(
                filter("base", row.getString(1)),
                filter("licence", row.getString(2)),
                filter("rank", row.getString(3))));
        String[] names = {"tag", "language", "module"};
        for (int i = 0; i < names.length; i++) {
            for (String value : (String[]) row.getArray(4 + i).getArray()) filters.add(filter(names[i], value));
        }
        if (row.getString(8) != null) filters.add(filter("family", row.getString(8)));
        return new Listed(filters, List.of(row.getString(7).split("[^\\p{L}\\p{N}]+")));
    }

    private static String filter(String name, String value) {
        return name + "=" + URLEncoder.encode(value, StandardCharsets.UTF_8);
    }

    synchronized Visit next() {
        Kind kind = Kind.values()[count++ % Kind.values().length];
        return new Visit(
                kind,
                switch (kind) {
                    case BROWSE -> browse();
                    case FACETS -> "/adapters?" + String.join("&", filters(1 + random.nextInt(3)));
                    case SEARCH -> search();
                });
    }

    private String browse() {
        return switch (random.nextInt(4)) {
            case 0 -> "/";
            case 1 -> "/adapters";
            case 2 -> "/adapters?sort=" + SORTS[random.nextInt(SORTS.length)];
            default -> deep.get(random.nextInt(deep.size()));
        };
    }

    private List<String> filters(int most) {
        List<String> all = any().filters();
        List<String> some = new ArrayList<>();
        for (int i = 0; i < most; i++) {
            String one = all.get(random.nextInt(all.size()));
            if (!some.contains(one)) some.add(one);
        }
        return some;
    }

    /** One or two words of a card; sometimes the last is unfinished, or a facet is chosen as well. */
    private String search() {
        List<String> words = any().words();
        String text = words.get(random.nextInt(words.size()));
        if (random.nextInt(3) == 0) text += " " + words.get(random.nextInt(words.size()));
        if (random.nextInt(5) == 0 && text.length() > 5) text = text.substring(0, text.length() - 2);
        String address = "/adapters?" + filter("q", text);
        return random.nextInt(5) == 0 ? address + "&" + filters(1).get(0) : address;
    }

    private Listed any() {
        return adapters.get(random.nextInt(adapters.size()));
    }
}
