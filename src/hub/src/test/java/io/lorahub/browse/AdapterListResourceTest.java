package io.lorahub.browse;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.everyItem;
import static org.hamcrest.Matchers.hasSize;
import static org.hamcrest.Matchers.nullValue;

import io.lorahub.browse.search.RandomMarket;
import io.lorahub.browse.search.Sql;
import io.lorahub.testsupport.PostgresResource;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.response.Response;
import java.io.ByteArrayInputStream;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.w3c.dom.Document;
import org.w3c.dom.Element;

/** Lists for programs: the API and the feed. */
@QuarkusTest
@QuarkusTestResource(PostgresResource.class)
class AdapterListResourceTest {

    private static final Pattern LINK = Pattern.compile("<([^>]+)>; rel=\"(\\w+)\"");

    private final RandomMarket market;
    private final Sql sql;

    AdapterListResourceTest(RandomMarket market, Sql sql) {
        this.market = market;
        this.sql = sql;
    }

    @BeforeEach
    void fill() throws SQLException {
        market.fill();
    }

    @Test
    void links_lead_through_the_whole_list_and_back() throws SQLException {
        List<String> seen = new ArrayList<>();
        String address = "/api/v1/adapters?limit=100&sort=newest";
        String last = "";
        while (!address.isEmpty()) {
            Response page = given().urlEncodingEnabled(false).get(address);
            assertThat(page.statusCode()).isEqualTo(200);
            seen.addAll(page.jsonPath().getList("items.url"));
            last = link(page, "prev");
            address = link(page, "next");
        }
        assertThat(seen)
                .doesNotHaveDuplicates()
                .hasSize(Integer.parseInt(sql.strings("select count(*)::text from adapter a where " + Sql.LISTED)
                        .get(0)));
        assertThat(given().urlEncodingEnabled(false).get(last).jsonPath().getList("items.url"))
                .hasSize(100);
    }

    @Test
    void items_are_cards_in_brief() {
        given().get("/api/v1/adapters?limit=3&licence=MIT")
                .then()
                .statusCode(200)
                .body("items", hasSize(3))
                .body("items.licence", everyItem(equalTo("MIT")))
                .body("items[0].description", nullValue())
                .body("facets", nullValue());
    }

    @Test
    void facets_come_when_asked_for() {
        Response page = given().get("/api/v1/adapters?limit=1&facets=3&licence=MIT");
        assertThat(page.jsonPath().getList("facets.tag")).hasSize(3);
        assertThat(page.jsonPath().getInt("facets.licence.find { it.value == 'MIT' }.count"))
                .isEqualTo(page.jsonPath().getInt("total"));
        assertThat(link(page, "next")).contains("facets=3");
    }

    @Test
    void all_that_is_wrong_is_told_at_once() {
        given().get("/api/v1/adapters?sort=colour&limit=0&facets=many&sha256=abc")
                .then()
                .statusCode(422)
                .contentType("application/problem+json")
                .body("causes.field", contains("facets", "sha256", "sort", "limit"));
    }

    @Test
    void unknown_fields_are_refused_by_name() {
        given().get("/api/v1/adapters?rank=abc&cursor=zzz&licence=MIT&rank=8")
                .then()
                .statusCode(422)
                .body("causes.field", contains("cursor", "rank"));
    }

    @Test
    void an_unknown_size_is_refused_with_those_that_there_are() {
        given().get("/api/v1/adapters?size=7B&size=over 10b")
                .then()
                .statusCode(422)
                .body("causes.field", contains("size"))
                .body(
                        "causes[0].message",
                        equalTo(
                                "There is no model size \"7B\"; use one of under 300M, 300M-1B, 1-2B, 2-5B, 5-10B, over 10B."));
    }

    @Test
    void values_of_facets_are_found_in_any_case() {
        int total = given().get("/api/v1/adapters?licence=MIT&language=en")
                .jsonPath()
                .getInt("total");
        assertThat(total).isPositive();
        Response answer = given().get("/api/v1/adapters?licence=mit&language=EN&facets=3");
        assertThat(answer.jsonPath().getInt("total")).isEqualTo(total);
        assertThat(answer.jsonPath().getList("facets.licence.value"))
                .contains("MIT")
                .doesNotContain("mit");
    }

    @Test
    void an_adapter_is_found_by_its_address() {
        String url =
                given().get("/api/v1/adapters?limit=1&sort=likes").jsonPath().getString("items[0].url");
        for (String typed : List.of(
                url.substring(1),
                url,
                url.substring(1).toUpperCase(Locale.ROOT),
                "http://localhost:8080" + url,
                "https://hub.example.org" + url + "?tab=files#card",
                url.substring(1) + "@1.0.0")) {
            given().queryParam("q", typed)
                    .get("/api/v1/adapters")
                    .then()
                    .statusCode(200)
                    .body("items[0].url", equalTo(url));
        }
        given().get("/api/v1/adapters?q=no-such/adapter").then().body("total", equalTo(0));
    }

    @Test
    void a_hash_that_no_file_has_finds_nothing() {
        for (String typed : List.of("sha256=", "q=sha256:", "sha256=SHA256:")) {
            given().get("/api/v1/adapters?" + typed + "0".repeat(64))
                    .then()
                    .statusCode(200)
                    .body("total", equalTo(0))
                    .body("items", hasSize(0));
        }
        String sha256 = "q=sha256:" + "0".repeat(64);
        given().get("/adapters?" + sha256).then().body(containsString("No published file has this hash"));
    }

    @Test
    void the_feed_has_the_newest_of_a_list() throws Exception {
        Response answer = given().get("/adapters.atom?licence=MIT");
        assertThat(answer.contentType()).startsWith("application/atom+xml");
        DocumentBuilderFactory factory = DocumentBuilderFactory.newInstance();
        factory.setNamespaceAware(true);
        Document feed = factory.newDocumentBuilder().parse(new ByteArrayInputStream(answer.asByteArray()));
        var entries = feed.getElementsByTagNameNS("http://www.w3.org/2005/Atom", "entry");
        assertThat(entries.getLength()).isBetween(20, 50);
        String newest = given().get("/api/v1/adapters?licence=MIT&sort=newest&limit=1")
                .jsonPath()
                .getString("items[0].url");
        Element id =
                (Element) ((Element) entries.item(0)).getElementsByTagName("id").item(0);
        assertThat(id.getTextContent()).startsWith("http").endsWith(newest);
        assertThat(feed.getDocumentElement()
                        .getElementsByTagName("title")
                        .item(0)
                        .getTextContent())
                .isEqualTo("New adapters, licence MIT on LoraHub");
        assertThat(answer.header("Cache-Control"))
                .as("its addresses are the caller's")
                .contains("private", "max-age=300");
        given().header("If-None-Match", answer.header("ETag").replace("W/", ""))
                .get("/adapters.atom?licence=MIT")
                .then()
                .statusCode(304);
    }

    private static String link(Response page, String relation) {
        for (String header : page.headers().getValues("Link")) {
            Matcher link = LINK.matcher(header);
            while (link.find()) if (link.group(2).equals(relation)) return link.group(1);
        }
        return "";
    }
}
