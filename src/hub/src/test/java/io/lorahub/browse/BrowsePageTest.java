package io.lorahub.browse;

import static org.assertj.core.api.Assertions.assertThat;

import io.lorahub.account.Person;
import io.lorahub.account.Role;
import io.lorahub.adapter.Adapter;
import io.lorahub.adapter.Visibility;
import io.lorahub.browse.candidates.CandidateBasket;
import io.lorahub.browse.search.AdapterSearch;
import io.lorahub.browse.search.BrowseQuery;
import io.lorahub.browse.search.Facet;
import io.lorahub.browse.search.RandomMarket;
import io.lorahub.browse.search.Sql;
import io.lorahub.testsupport.AsBrowser;
import io.lorahub.testsupport.Hub;
import io.lorahub.testsupport.PostgresResource;
import io.quarkus.narayana.jta.QuarkusTransaction;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.response.Response;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.jsoup.Jsoup;
import org.jsoup.nodes.Document;
import org.jsoup.nodes.Element;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

@QuarkusTest
@QuarkusTestResource(PostgresResource.class)
class BrowsePageTest {

    private final RandomMarket market;
    private final AdapterSearch adapters;
    private final Hub hub;
    private final Sql sql;

    BrowsePageTest(RandomMarket market, AdapterSearch adapters, Hub hub, Sql sql) {
        this.market = market;
        this.adapters = adapters;
        this.hub = hub;
        this.sql = sql;
    }

    @BeforeEach
    void fill() throws SQLException {
        market.fill();
    }

    @Test
    void the_pages_of_the_list_follow_each_other_and_lead_back() {
        Document first = page("/adapters?sort=downloads");
        assertThat(first.select(".row")).hasSize(BrowseQuery.USUAL_LIMIT);
        assertThat(first.select(".pager > span").text()).startsWith("1 to 24 of ");
        Document second = page(first.select("a[rel=next]").attr("href"));
        assertThat(second.select(".pager > span").text()).startsWith("25 to 48 of ");
        Document back = page(second.select("a[rel=prev]").attr("href"));
        assertThat(addresses(back)).isEqualTo(addresses(first)).doesNotContainAnyElementsOf(addresses(second));
    }

    @Test
    void ticking_a_facet_gives_as_many_as_it_says() {
        Document all = page("/adapters");
        Element box = all.select("input[type=checkbox][name=licence]").first();
        String count = box.parent().select("span").last().text();
        Document narrowed = page("/adapters?licence=" + box.val());
        assertThat(narrowed.select("#found").text()).isEqualTo(count + " adapters");
        assertThat(narrowed.select("input[name=licence][checked]").val()).isEqualTo(box.val());
        Element chip = narrowed.select(".chosen").first();
        assertThat(chip.text()).contains(box.val(), "Licence", "remove this");
        assertThat(page(chip.attr("href")).select("#found").text())
                .isEqualTo(all.select("#found").text());
    }

    @Test
    void the_forms_keep_what_was_asked_for() {
        Document page = page("/adapters?q=sentiment&base=google/flan-t5-base&sort=likes");
        Element facets = page.select("form.facets").first();
        assertThat(facets.select("input[name=q]").val()).isEqualTo("sentiment");
        assertThat(facets.select("input[name=sort]").val()).isEqualTo("likes");
        assertThat(facets.select("input[name=base][checked]").val()).isEqualTo("google/flan-t5-base");
        Element sorts = page.select("form:has(#sort)").first();
        assertThat(sorts.select("input[name=q]").val()).isEqualTo("sentiment");
        assertThat(sorts.select("input[name=base]").val()).isEqualTo("google/flan-t5-base");
        assertThat(sorts.select("option[selected]").val()).isEqualTo("likes");
        assertThat(sorts.select("option").eachAttr("value")).contains("relevance");
        assertThat(page("/adapters").select("option").eachAttr("value")).doesNotContain("relevance");
        assertThat(page.select("#q").val()).isEqualTo("sentiment");
    }

    @Test
    void families_and_sizes_of_base_models_are_facets_sizes_in_their_order() throws SQLException {
        sql.write("""
                insert into base_model (name, model_type, parameters, bytes) values
                  ('bigscience/T0_3B', 'page-family', 2850000000, 1), ('google/byt5-small', 'page-family', 299999999, 1)
                """);
        try {
            Document page = page("/adapters?family=page-family");
            assertThat(page.select("input[name=size]").eachAttr("value")).containsSubsequence("under 300M", "2-5B");
            assertThat(page.select("input[name=family][checked]").val()).isEqualTo("page-family");
            assertThat(page.select(".chosen").text()).contains("Model family", "page-family");
            assertThat(page("/adapters?size=7B").text()).contains("There is no model size \"7B\"");
        } finally {
            sql.write("delete from base_model where model_type = 'page-family'");
        }
    }

    @Test
    void more_values_of_a_facet_are_one_link_away() {
        Document page = page("/adapters");
        assertThat(page.select("input[name=tag]")).hasSize(FacetView.SHOWN);
        String more = page.select("fieldset:has(input[name=tag]) a").attr("href");
        assertThat(page(more).select("input[name=tag]")).hasSizeGreaterThan(FacetView.SHOWN);
        assertThat(page(more).select("input[name=base]")).hasSizeLessThanOrEqualTo(FacetView.SHOWN);
    }

    @Test
    void all_of_a_list_become_candidates() {
        String tag = adapters.counts(Facet.TAG, 1000).stream()
                .filter(count -> count.count() > 1 && count.count() < 20)
                .findFirst()
                .orElseThrow()
                .value();
        Document page = page("/adapters?tag=" + tag);
        Element form = page.select("form[action=/candidates/add-found]").first();
        assertThat(form.text()).isEqualTo("Add all " + page.select(".row").size() + " as candidates");
        var request = AsBrowser.given();
        form.select("input").forEach(input -> request.formParam(input.attr("name"), input.val()));
        String cookie = request.post("/candidates/add-found").cookie(CandidateBasket.COOKIE.name());

        Document again = Jsoup.parse(AsBrowser.given()
                .cookie(CandidateBasket.COOKIE.name(), cookie)
                .get("/adapters?tag=" + tag)
                .asString());
        assertThat(again.select(".row.is-picked")).hasSameSizeAs(page.select(".row"));
        assertThat(again.select(".basket h2").text())
                .startsWith(page.select(".row").size() + " candidates");
    }

    @Test
    void a_question_that_nothing_answers_says_what_to_do() {
        Document page = page("/adapters?q=sentimnet");
        assertThat(page.select(".empty-title").text()).isEqualTo("Nothing found");
        String suggestion = page.select(".empty p a").attr("href");
        assertThat(page(suggestion).select(".row")).isNotEmpty();
        assertThat(page("/adapters?q=sentiment&licence=none")
                        .select(".empty .btn")
                        .eachAttr("href"))
                .contains("/adapters?q=sentiment");
    }

    @Test
    void invalid_parts_of_an_address_are_reported_and_left_out() {
        Document page = page("/adapters?sort=colour&after=zz&limit=x&tag=");
        assertThat(page.select(".notice")).hasSize(3);
        assertThat(page.select(".row")).hasSize(BrowseQuery.USUAL_LIMIT);
    }

    @Test
    void markup_in_a_question_is_text() {
        String html = AsBrowser.given()
                .queryParam("q", "<script>alert(1)</script>\"onx=")
                .queryParam("tag", "<b>x</b>")
                .get("/adapters")
                .asString();
        assertThat(html).doesNotContain("<script>alert").doesNotContain("<b>x</b>");
        assertThat(Jsoup.parse(html).select(".chosen").eachText()).anyMatch(text -> text.startsWith("<b>x</b>"));
    }

    @Test
    void a_file_is_found_by_its_hash_where_the_viewer_may_see_it() throws SQLException {
        Person owner = hub.person(Role.MEMBER);
        Adapter open = hub.adapter(owner, Visibility.PUBLIC);
        Adapter secret = hub.adapter(owner, Visibility.PRIVATE);
        String hash = "0123456789abcdef".repeat(4);
        QuarkusTransaction.requiringNew().run(() -> {
            var entities = Adapter.getEntityManager();
            entities.createNativeQuery("insert into blob (sha256, size) values (?1, 10)")
                    .setParameter(1, hash)
                    .executeUpdate();
            for (Adapter adapter : List.of(open, secret)) {
                entities.createNativeQuery(
                                "insert into version_file (version_id, name, sha256)"
                                        + " select id, 'adapter_model.safetensors', ?1 from adapter_version where adapter_id = ?2")
                        .setParameter(1, hash)
                        .setParameter(2, adapter.id)
                        .executeUpdate();
            }
        });

        assertThat(addresses(page("/adapters?q=" + hash.toUpperCase()))).containsExactly("/" + open.address());
        Document own = Jsoup.parse(
                AsBrowser.given(hub.session(owner)).get("/adapters?q=" + hash).asString());
        assertThat(addresses(own)).containsExactly("/" + secret.address(), "/" + open.address());
        assertThat(page("/adapters?q=" + "f".repeat(64)).select(".empty-title").text())
                .isEqualTo("No published file has this hash");
    }

    @Test
    void the_start_page_shows_what_is_trending_and_new() throws SQLException {
        Document page = page("/");
        List<String> expected = new ArrayList<>();
        for (String address : sql.strings("select '/' || p.name || '/' || a.name from adapter a"
                + " join publisher p on p.id = a.publisher_id where " + Sql.LISTED
                + " order by date_trunc('milliseconds', listed_at) desc, a.id desc limit 6")) {
            expected.add(address);
        }
        assertThat(page.select("section:has(#new) .card h3 a").eachAttr("href")).isEqualTo(expected);
        assertThat(page.select("section:has(#trending) .card")).hasSize(6);
        assertThat(page.select("h1").text()).isNotEmpty();
        assertThat(page.select("form[role=search][action=/adapters]")).hasSize(2);
        assertThat(page(page.select("section:has(#tasks) a.tag").first().attr("href"))
                        .select(".row"))
                .isNotEmpty();
    }

    private static List<String> addresses(Document page) {
        return page.select(".row h3 a").eachAttr("href");
    }

    private static Document page(String address) {
        Response response = AsBrowser.given().urlEncodingEnabled(false).get(address);
        assertThat(response.statusCode()).as(address).isEqualTo(200);
        return Jsoup.parse(response.asString());
    }
}
