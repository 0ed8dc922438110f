package io.lorahub.browse.search;

import static io.lorahub.browse.search.Queries.query;
import static org.assertj.core.api.Assertions.assertThat;

import io.lorahub.browse.HomePage;
import io.lorahub.testsupport.PostgresResource;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import javax.sql.DataSource;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** On random adapters, compared with plain SQL. */
@QuarkusTest
@QuarkusTestResource(PostgresResource.class)
class AdapterSearchTest {

    /** Counts all of them, however many other tests have left. */
    private final AdapterSearch catalogue;

    /** As on a hub with many more adapters. */
    private final AdapterSearch bounded;

    private final RandomMarket market;
    private final Sql sql;

    AdapterSearchTest(DataSource database, AdapterRows rows, RandomMarket market, Sql sql) {
        catalogue = new AdapterSearch(database, rows, new Listing.Bounds(100_000, 250, 100_000));
        bounded = new AdapterSearch(database, rows, new Listing.Bounds(20, 10, 60));
        this.market = market;
        this.sql = sql;
    }

    @BeforeEach
    void fill() throws SQLException {
        market.fill();
    }

    @Test
    void counts_of_all_facets_equal_those_of_SQL() throws SQLException {
        for (String address : List.of(
                "",
                "base=google/flan-t5-base",
                "base=google/flan-t5-base&base=google/flan-t5-large&licence=MIT",
                "tag=summarization&module=q&module=wo&language=en",
                "rank=8&tag=translation&tag=sentiment",
                "licence=nothing&rank=4")) {
            BrowseQuery query = query(address);
            BrowseResult result = catalogue.find(query, 1000);
            assertThat(result.total()).as(address).isEqualTo(sql.count(query));
            for (Facet facet : Facet.values()) {
                Map<String, Integer> shown = new LinkedHashMap<>();
                for (FacetCount count : result.counts().get(facet)) {
                    if (count.count() > 0) shown.put(count.value(), count.count());
                }
                assertThat(shown).as("%s of %s", facet, address).isEqualTo(sql.counts(facet, query));
            }
        }
    }

    @Test
    void adapters_have_the_family_and_size_of_their_base_model_while_it_is_registered() throws SQLException {
        sql.write("""
                insert into base_model (name, model_type, parameters, bytes) values
                  ('google/ul2', 'kin-one', 10000000000, 1), ('google/mt5-base', 'kin-two', 999999999, 1),
                  ('lorahub/none', 'kin-two', 1000000000, 1)
                """);
        try {
            for (String address : List.of(
                    "",
                    "family=kin-one",
                    "family=kin-two&licence=MIT",
                    "size=over 10B",
                    "size=OVER 10B&size=300M-1B&rank=8")) {
                BrowseQuery query = catalogue.spelled(query(address));
                BrowseResult result = catalogue.find(query, 1000);
                assertThat(result.total()).as(address).isPositive().isEqualTo(sql.count(query));
                for (Facet facet : List.of(Facet.FAMILY, Facet.SIZE)) {
                    assertThat(result.counts().get(facet).stream()
                                    .filter(count -> count.count() > 0)
                                    .collect(Collectors.toMap(FacetCount::value, FacetCount::count)))
                            .as("%s of %s", facet, address)
                            .isEqualTo(sql.counts(facet, query));
                }
            }
            assertThat(catalogue.find(query("family=kin-one&limit=100"), 0).rows())
                    .extracting(row -> row.baseModel)
                    .containsOnly("google/ul2");
            sql.write("update base_model set parameters = 7000000000 where name = 'google/ul2'");
            assertThat(catalogue.find(query("family=kin-one&size=5-10B"), 0).total())
                    .isPositive();
        } finally {
            sql.write("delete from base_model where model_type like 'kin-%'");
        }
        assertThat(catalogue.find(query("family=kin-one&family=kin-two"), 0).total())
                .isZero();
    }

    @Test
    void the_most_common_values_come_first_and_the_chosen_ones_always() {
        List<FacetCount> all = catalogue.find(query(""), 1000).counts().get(Facet.TAG);
        assertThat(all).extracting(FacetCount::count).isSortedAccordingTo((a, b) -> b - a);
        assertThat(catalogue.find(query(""), 5).counts().get(Facet.TAG)).isEqualTo(all.subList(0, 5));
        String rare = all.get(all.size() - 1).value();
        assertThat(catalogue
                        .find(query("rank=8&tag=no-such-tag&tag=" + rare), 3)
                        .counts()
                        .get(Facet.TAG))
                .hasSize(5)
                .contains(new FacetCount("no-such-tag", 0));
    }

    @Test
    void the_start_page_shows_the_same_adapters_once() {
        List<AdapterRow> newest =
                catalogue.find(query("sort=newest&limit=6"), 0).rows();
        List<AdapterRow> others = catalogue.find(query("sort=likes&limit=6"), 0).rows();
        List<AdapterRow> turned = new ArrayList<>(newest);
        Collections.reverse(turned);
        assertThat(HomePage.beside(newest, turned)).isEmpty();
        assertThat(HomePage.beside(newest, others)).isEqualTo(others);
    }

    @Test
    void pages_of_every_order_hold_each_adapter_once() {
        for (Sort sort : Sort.values()) {
            String text = sort == Sort.RELEVANCE ? "&q=for" : "";
            BrowseQuery query = query("limit=50&sort=" + sort.parameter() + text);
            List<Long> seen = new ArrayList<>();
            BrowseResult page = catalogue.find(query, 0);
            while (true) {
                assertThat(page.before()).isEqualTo(seen.size());
                page.rows().forEach(row -> seen.add(row.id));
                if (page.next().isEmpty()) break;
                page = catalogue.find(query.after(page.next().get()), 0);
            }
            assertThat(seen).as(sort.label()).doesNotHaveDuplicates().hasSize(page.total());
            assertThat(seen).hasSizeGreaterThan(RandomMarket.ADAPTERS / 2);
            BrowseResult back = catalogue.find(query.before(page.previous().get()), 0);
            assertThat(back.rows()).extracting(row -> row.id).isEqualTo(seen.subList(back.before(), page.before()));
        }
    }

    @Test
    void lists_that_are_too_long_to_be_counted_are_the_same() {
        for (String address : List.of(
                "",
                "licence=MIT",
                "base=google/flan-t5-base&module=q&language=en",
                "tag=summarization&tag=translation",
                "tag=no-such-tag",
                "q=for",
                "q=sentiment&module=q",
                "q=for&language=en")) {
            for (Sort sort : Sort.values()) {
                if (sort == Sort.RELEVANCE) continue;
                BrowseQuery query = query(address + "&limit=20&sort=" + sort.parameter());
                BrowseResult exact = catalogue.find(query, 1000);
                BrowseResult page = bounded.find(query, 1000);
                assertThat(page.more()).isEqualTo(page.total() < exact.total());
                assertThat(page.total()).isBetween(Math.min(20, exact.total()), exact.total());
                assertThatCountsAreBounds(page, exact);
                while (true) {
                    assertThat(page.rows()).extracting(row -> row.id).isEqualTo(ids(exact));
                    assertThat(page.next()).isEqualTo(exact.next());
                    if (exact.next().isEmpty()) break;
                    page = bounded.find(query.after(page.next().get()), 0);
                    exact = catalogue.find(query.after(exact.next().get()), 0);
                }
                while (exact.previous().isPresent()) {
                    page = bounded.find(query.before(page.previous().get()), 0);
                    exact = catalogue.find(query.before(exact.previous().get()), 0);
                    assertThat(page.rows()).extracting(row -> row.id).isEqualTo(ids(exact));
                    assertThat(page.before()).isEqualTo(exact.before());
                }
            }
        }
    }

    @Test
    void of_many_matches_those_with_the_words_in_the_title_come_first() throws SQLException {
        for (String text : List.of("sentiment", "translation")) {
            BrowseQuery query = query("limit=20&q=" + text);
            List<Long> seen = new ArrayList<>();
            BrowseResult page = bounded.find(query, 0);
            assertThat(page.more()).isTrue();
            while (true) {
                page.rows().forEach(row -> seen.add(row.id));
                if (page.next().isEmpty()) break;
                page = bounded.find(query.after(page.next().get()), 0);
            }
            String matching = "(websearch_to_tsquery('hub', '%1$s') || to_tsquery('simple', '%1$s:*'))".formatted(text);
            assertThat(seen)
                    .extracting(id -> Long.toString(id))
                    .isEqualTo(sql.strings(
                            "select a.id::text from adapter a join adapter_text t on t.adapter_id = a.id where "
                                    + Sql.LISTED + " and t.document @@ " + matching + " order by t.head @@ " + matching
                                    + " desc, a.downloads desc, a.id desc"));
            BrowseResult back = bounded.find(query.before(page.previous().get()), 0);
            assertThat(ids(back)).isEqualTo(seen.subList(back.before(), back.before() + 20));
        }
    }

    /** Few words are asked for by themselves, of many the beginning: both find the same. */
    @Test
    void a_beginning_finds_every_word_that_begins_so() throws SQLException {
        sql.write(
                "update adapter set description = description || ' Zyrtan zyrtopia''s' where id = (select min(id) from adapter a where "
                        + Sql.LISTED + ")");
        Map<Boolean, Integer> tried = new HashMap<>();
        for (String beginning : sql.strings("select distinct left(word, 3) from search_word where word ~ '^[a-z]{3}'"
                + " union select 'zyrt' order by 1")) {
            int words = sql.strings("select distinct word from search_word where word like '" + beginning + "%'")
                    .size();
            tried.merge(words <= 8, 1, Integer::sum);
            for (String text : List.of(beginning, "sentiment " + beginning)) {
                String matching =
                        "(websearch_to_tsquery('hub', '%s') || (websearch_to_tsquery('hub', '%s') && to_tsquery('simple', '%s:*')))"
                                .formatted(text, text.equals(beginning) ? "" : "sentiment", beginning);
                assertThat(catalogue.find(query("q=" + text), 0).total())
                        .as("%s, %d words", text, words)
                        .isEqualTo(sql.strings(
                                        "select a.id::text from adapter a join adapter_text t on t.adapter_id = a.id"
                                                + " where " + Sql.LISTED + " and t.document @@ " + matching)
                                .size());
            }
        }
        assertThat(tried.keySet()).containsExactlyInAnyOrder(true, false);
        assertThat(catalogue.find(query("q=zyrto"), 0).total()).isOne();
    }

    @Test
    void words_in_the_title_rank_before_those_elsewhere_on_the_card() throws SQLException {
        List<String> two = sql.strings("select id::text from adapter a where " + Sql.LISTED + " order by id limit 2");
        String popular = "downloads = 7 where id = ";
        sql.write("update adapter set title = 'Okapi', " + popular + two.get(0));
        sql.write("update adapter set description = 'Of the okapi, an okapi.', " + popular + two.get(1));
        assertThat(ids(catalogue.find(query("q=okapi"), 0)))
                .extracting(id -> Long.toString(id))
                .isEqualTo(two);
    }

    @Test
    void a_place_stays_one_when_its_adapter_is_gone() {
        BrowseQuery query = query("sort=downloads&limit=10");
        List<Long> all = ids(catalogue.find(query("sort=downloads&limit=30"), 0));
        Cursor place = catalogue.find(query, 0).next().orElseThrow();
        Cursor gone = new Cursor(place.sort(), place.key(), place.id() + 1_000_000, place.position());
        assertThat(ids(catalogue.find(query.after(gone), 0))).isEqualTo(all.subList(9, 19));
        assertThat(ids(catalogue.find(query.before(place), 0))).isEqualTo(all.subList(0, 9));
        BrowseResult unnumbered = catalogue.find(query.after(place.at(0)), 0);
        assertThat(ids(unnumbered)).isEqualTo(all.subList(10, 20));
        assertThat(unnumbered.previous()).isPresent();
        Cursor top = new Cursor(Sort.DOWNLOADS, Long.MAX_VALUE, 1, 5);
        assertThat(ids(catalogue.find(query.before(top), 0))).isEqualTo(all.subList(0, 10));
    }

    private static void assertThatCountsAreBounds(BrowseResult page, BrowseResult exact) {
        exact.counts().forEach((facet, counts) -> {
            List<FacetCount> shown = page.counts().get(facet);
            if (!page.bounded().contains(facet)) assertThat(shown).isEqualTo(counts);
            for (FacetCount count : shown) {
                assertThat(count.count()).isLessThanOrEqualTo(count(counts, count.value()));
            }
        });
    }

    private static List<Long> ids(BrowseResult page) {
        return page.rows().stream().map(row -> row.id).toList();
    }

    private static int count(List<FacetCount> counts, String value) {
        return counts.stream()
                .filter(count -> count.value().equals(value))
                .mapToInt(FacetCount::count)
                .findFirst()
                .orElse(0);
    }

    @Test
    void orders_are_those_of_SQL() throws SQLException {
        Map<Sort, String> columns = Map.of(
                Sort.DOWNLOADS,
                "downloads",
                Sort.LIKES,
                "likes",
                Sort.TRENDING,
                "trend",
                Sort.NEWEST,
                "date_trunc('milliseconds', listed_at)");
        for (Map.Entry<Sort, String> order : columns.entrySet()) {
            List<String> expected = sql.strings("select a.id::text from adapter a where " + Sql.LISTED + " order by "
                    + order.getValue() + " desc, a.id desc limit 100");
            List<AdapterRow> rows = catalogue
                    .find(query("limit=100&sort=" + order.getKey().parameter()), 0)
                    .rows();
            assertThat(rows).extracting(row -> Long.toString(row.id)).isEqualTo(expected);
        }
    }
}
