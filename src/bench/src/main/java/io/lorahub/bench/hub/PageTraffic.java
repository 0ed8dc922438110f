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
public final class PageTraffic {

    /** What visitors do, in equal parts. */
    public enum Kind {
        HOME,
        BROWSE,
        FACETS,
        SEARCH,
        /** A misspelt word: similar ones are suggested. */
        SUGGEST,
        PUBLISHER,
        /** The list of Hugging Face clients. */
        MODELS
    }

    record Visit(Kind kind, String path) {}

    private static final int SAMPLED = 5000;
    private static final String[] SORTS = {"trending", "downloads", "likes", "newest"};

    private record Listed(String publisher, List<String> filters, List<String> words) {}

    private final List<Listed> adapters = new ArrayList<>();
    private final List<String> deep;
    private final SplittableRandom random;
    private int count;

    /** @param deep addresses of pages further down in lists */
    public PageTraffic(Connection connection, List<String> deep, long seed) throws SQLException {
        this.deep = deep;
        this.random = new SplittableRandom(seed);
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(
                        "select a.base_model, a.licence, a.rank::text, a.tags, a.languages, a.target_modules,"
                                + " a.title || ' ' || a.summary, m.model_type, p.name"
                                + " from adapter a join publisher p on p.id = a.publisher_id"
                                + " left join base_model m on m.name = a.base_model order by md5(a.id::text) limit "
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
        return new Listed(row.getString(9), filters, List.of(row.getString(7).split("[^\\p{L}\\p{N}]+")));
    }

    private static String filter(String name, String value) {
        return name + "=" + URLEncoder.encode(value, StandardCharsets.UTF_8);
    }

    synchronized Visit next() {
        Kind kind = Kind.values()[count++ % Kind.values().length];
        return new Visit(
                kind,
                switch (kind) {
                    case HOME -> "/";
                    case BROWSE -> browse();
                    case FACETS -> "/adapters?" + String.join("&", filters(1 + random.nextInt(3)));
                    case SEARCH -> search();
                    case SUGGEST -> "/adapters?" + filter("q", misspelt());
                    case PUBLISHER -> "/" + any().publisher();
                    case MODELS -> models();
                });
    }

    private String browse() {
        return switch (random.nextInt(3)) {
            case 0 -> "/adapters";
            case 1 -> "/adapters?sort=" + SORTS[random.nextInt(SORTS.length)];
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

    /** Two letters of a word exchanged. */
    private String misspelt() {
        while (true) {
            List<String> words = any().words();
            String word = words.get(random.nextInt(words.size()));
            if (word.length() < 6) continue;
            int at = 2 + random.nextInt(word.length() - 4);
            return word.substring(0, at) + word.charAt(at + 1) + word.charAt(at) + word.substring(at + 2);
        }
    }

    /** As {@code list_models} asks: all, those of an author, with a tag, or with a word in the name. */
    private String models() {
        String sort = "/api/models?limit=20&sort=" + (random.nextBoolean() ? "trendingScore" : "downloads");
        Listed one = any();
        return switch (random.nextInt(4)) {
            case 0 -> sort;
            case 1 -> sort + "&" + filter("author", one.publisher());
            case 2 ->
                sort + "&"
                        + filter(
                                "filter",
                                "base_model:"
                                        + one.filters().get(0).substring(5).replace("%2F", "/"));
            default ->
                sort + "&"
                        + filter(
                                "search",
                                one.words().get(random.nextInt(one.words().size())));
        };
    }

    private Listed any() {
        return adapters.get(random.nextInt(adapters.size()));
    }
}
