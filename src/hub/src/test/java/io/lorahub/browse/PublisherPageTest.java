package io.lorahub.browse;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.endsWith;
import static org.hamcrest.Matchers.equalTo;

import io.lorahub.account.Person;
import io.lorahub.account.Publisher;
import io.lorahub.account.Role;
import io.lorahub.adapter.Adapter;
import io.lorahub.adapter.AdapterState;
import io.lorahub.adapter.Visibility;
import io.lorahub.testsupport.AsBrowser;
import io.lorahub.testsupport.Hub;
import io.lorahub.testsupport.PostgresResource;
import io.quarkus.narayana.jta.QuarkusTransaction;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import java.util.List;
import java.util.Locale;
import org.jsoup.Jsoup;
import org.jsoup.nodes.Document;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

@QuarkusTest
@QuarkusTestResource(PostgresResource.class)
class PublisherPageTest {

    private final Hub hub;

    private Person owner;
    private Adapter open;
    private Adapter unlisted;
    private Adapter secret;
    private Adapter down;

    PublisherPageTest(Hub hub) {
        this.hub = hub;
    }

    @BeforeEach
    void publish() {
        owner = hub.person(Role.MEMBER);
        open = hub.adapter(owner, Visibility.PUBLIC);
        unlisted = hub.adapter(owner, Visibility.UNLISTED);
        secret = hub.adapter(owner, Visibility.PRIVATE);
        down = hub.adapter(owner, Visibility.PUBLIC);
        QuarkusTransaction.requiringNew().run(() -> {
            Adapter adapter = Adapter.findById(down.id);
            adapter.state = AdapterState.TAKEN_DOWN;
            adapter.stateReason = "Spam.";
        });
    }

    @Test
    void a_name_in_other_letters_leads_to_the_page() {
        AsBrowser.given()
                .get(path().toUpperCase(Locale.ROOT))
                .then()
                .statusCode(301)
                .header("Location", endsWith(path()));
        AsBrowser.given()
                .get(("/" + open.address()).toUpperCase(Locale.ROOT))
                .then()
                .statusCode(301)
                .header("Location", endsWith("/" + open.address()));
        AsBrowser.given().get("/No-Such-Publisher").then().statusCode(404);
    }

    @Test
    void others_see_what_is_listed_and_the_members_all() {
        assertThat(seenBy(AsBrowser.given().get(path()).asString())).containsExactly(address(open));
        assertThat(seenBy(as(hub.person(Role.MEMBER)))).containsExactly(address(open));
        assertThat(seenBy(as(owner)))
                .containsExactlyInAnyOrder(address(open), address(unlisted), address(secret), address(down));
        assertThat(seenBy(as(hub.person(Role.MODERATOR)))).containsExactlyInAnyOrder(address(open), address(down));
        assertThat(seenBy(as(hub.person(Role.ADMIN)))).hasSize(4);
    }

    @Test
    void a_publishers_text_is_safe_HTML_and_has_a_preview() {
        QuarkusTransaction.requiringNew().run(() -> {
            Publisher publisher = Publisher.named(owner.name).orElseThrow();
            publisher.title = "Lab \"A\" <b>";
            publisher.about = "We *spell*.\n\n<script>alert(1)</script>";
        });
        Document page = Jsoup.parse(AsBrowser.given().get(path()).asString());
        assertThat(page.select("h1").text()).isEqualTo("Lab \"A\" <b>");
        assertThat(page.select(".prose em").text()).isEqualTo("spell");
        assertThat(page.select(".prose script")).isEmpty();
        assertThat(page.select("meta[property=og:title]").attr("content")).startsWith("Lab \"A\" <b>");
        assertThat(page.select("meta[property=og:url]").attr("content"))
                .endsWith(path())
                .startsWith("http");
    }

    @Test
    void a_new_publisher_has_an_empty_page_that_says_so() {
        Person fresh = hub.person(Role.MEMBER);
        assertThat(Jsoup.parse(AsBrowser.given().get("/" + fresh.name).asString())
                        .select(".empty-title")
                        .text())
                .isEqualTo("Nothing published yet");
        assertThat(Jsoup.parse(AsBrowser.given(hub.session(fresh))
                                .get("/" + fresh.name)
                                .asString())
                        .select(".empty a")
                        .attr("href"))
                .isEqualTo("/upload");
    }

    @Test
    void there_is_no_page_of_nobody_and_no_publisher_at_pages() {
        AsBrowser.given().get("/nobody-of-this-name").then().statusCode(404);
        AsBrowser.given().get("/robots.txt").then().statusCode(404);
        for (String page : List.of("/signin", "/adapters", "/candidates", "/base-models", "/")) {
            AsBrowser.given().get(page).then().statusCode(200);
        }
        given().get("/adapters.atom").then().statusCode(200).contentType("application/atom+xml");
    }

    @Test
    void the_API_has_it_too() {
        given().get("/api/v1/publishers/" + owner.name)
                .then()
                .statusCode(200)
                .body("name", equalTo(owner.name))
                .body("url", equalTo(path()))
                .body("adapters", equalTo(1));
        given().get("/api/v1/publishers/nobody-of-this-name")
                .then()
                .statusCode(404)
                .contentType("application/problem+json");
    }

    private String path() {
        return "/" + owner.name;
    }

    private static String address(Adapter adapter) {
        return "/" + adapter.address();
    }

    private String as(Person viewer) {
        return AsBrowser.given(hub.session(viewer)).get(path()).asString();
    }

    private static List<String> seenBy(String page) {
        return Jsoup.parse(page).select(".row h3 a").eachAttr("href");
    }
}
