package io.lorahub.bench.hub;

import io.lorahub.bench.report.BenchProgress;
import io.lorahub.demo.MarketplaceRows;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;

/**
 * Fills a hub's tables with more adapters than {@link MarketplaceRows} can draw in minutes, because their texts would be
 * parsed one by one: it draws some, and all others combine a card, a popularity and a publisher of their own at random. So
 * values and words are as common as among those that were drawn.
 */
final class ManyAdapters {

    /** All are drawn up to this number. */
    private static final int MOST_DRAWN = 100_000;

    private static final int CARDS = 20_000;
    private static final int PUBLISHERS_PER_1000 = 80;
    private static final int ROWS_PER_STATEMENT = 100_000;

    private static final List<String> BEFORE = List.of(
            "set local maintenance_work_mem = '1GB'",
            "set local work_mem = '64MB'",
            "create temp table card on commit drop as"
                    + " select a.*, row_number() over (order by id) - 1 as number from adapter a",
            "create unique index on card (number)",
            "create unique index on card (id)",
            "analyze card",
            "alter table adapter disable trigger adapter_text_insert",
            "alter table adapter disable trigger adapter_repository",
            "alter table adapter_text disable trigger adapter_text_words",
            "drop index adapter_text_head_idx",
            "drop index adapter_text_document_idx");

    private static final String PUBLISHERS =
            "insert into publisher (name, title) select 'crew-x' || i, 'Lab ' || i from generate_series(1, %d) i";

    /** Publishers follow Zipf's law with an exponent of 0.8, of which u^5 is the inverse distribution. */
    private static final List<String> COPIES = List.of("""
            insert into adapter (id, publisher_id, name, visibility, base_model, title, summary, description, licence,
              tags, languages, example_input, example_output, rank, target_modules, downloads, likes, trend, created_at,
              updated_at, listed_at) overriding system value
            select l.id + i, p.first + floor(p.count * power(random(), 5)),
              regexp_replace(c.name, '-[^-]*$', '') || '-x' || i, 'PUBLIC', c.base_model, c.title, c.summary,
              c.description, c.licence, c.tags, c.languages, c.example_input, c.example_output, c.rank,
              c.target_modules, o.downloads + floor(10 * random()), o.likes, o.trend * (0.5 + random()),
              o.created_at + random() * interval '1 day', o.updated_at, o.listed_at + random() * interval '1 day'
            from generate_series(%1$d::bigint, %2$d) i
              cross join (select max(id) as id from card) l
              cross join (select min(id) as first, count(*) as count from publisher where name like 'crew-x%%') p
              join card c on c.number = i %% %3$d
              join card o on o.number = (i * 7919 + i / %3$d * 31) %% %3$d
            """, """
            insert into adapter_text (adapter_id, head, document, facets, trend, downloads, likes, listed_at)
            select l.id + i, t.head, t.document, g.facets, g.trend, g.downloads, g.likes, g.listed_at
            from generate_series(%1$d::bigint, %2$d) i cross join (select max(id) as id from card) l
              join card c on c.number = i %% %3$d join adapter_text t on t.adapter_id = c.id
              join listing g on g.adapter_id = l.id + i
            """, """
            insert into adapter_version (adapter_id, number, label, facts, findings, strip)
            select l.id + i, 1, v.label, v.facts, v.findings, v.strip
            from generate_series(%1$d::bigint, %2$d) i cross join (select max(id) as id from card) l
              join card c on c.number = i %% %3$d join adapter_version v on v.adapter_id = c.id
            """, """
            insert into repository (publisher_id, name, adapter_id)
            select a.publisher_id, a.name, a.id from adapter a cross join (select max(id) as id from card) l
            where a.id between l.id + %1$d and l.id + %2$d
            """);

    private static final List<String> AFTER = List.of(
            "select setval(pg_get_serial_sequence('adapter', 'id'), (select max(id) from adapter))",
            "create index adapter_text_head_idx on adapter_text using gin (head, facets)",
            "create index adapter_text_document_idx on adapter_text using gin (document, facets)",
            "set constraints all immediate", // a table with pending triggers can't be altered
            "alter table adapter enable trigger adapter_text_insert",
            "alter table adapter enable trigger adapter_repository",
            "alter table adapter_text enable trigger adapter_text_words");

    private ManyAdapters() {}

    /** In the connection's transaction. */
    static void add(Connection connection, int adapters, long seed, BenchProgress progress) throws SQLException {
        MarketplaceRows drawn = new MarketplaceRows(seed);
        if (adapters <= MOST_DRAWN) {
            drawn.add(connection, adapters);
            return;
        }
        drawn.add(connection, CARDS);
        int copies = adapters - CARDS;
        try (Statement statement = connection.createStatement()) {
            statement.execute("set constraints all immediate");
            for (String sql : BEFORE) statement.execute(sql);
            statement.execute(PUBLISHERS.formatted((int) (copies / 1000L * PUBLISHERS_PER_1000)));
            for (int from = 1; from <= copies; from += ROWS_PER_STATEMENT) {
                int last = Math.min(copies, from + ROWS_PER_STATEMENT - 1);
                for (String sql : COPIES) statement.execute(sql.formatted(from, last, CARDS));
                progress.say("%,d adapters".formatted(CARDS + last));
            }
            for (String sql : AFTER) statement.execute(sql);
        }
    }
}
