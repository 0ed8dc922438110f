package io.lorahub.adapter.page;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.lorahub.account.Person;
import io.lorahub.account.Role;
import io.lorahub.adapter.Adapter;
import io.lorahub.adapter.AdapterState;
import io.lorahub.adapter.AdapterVersion;
import io.lorahub.adapter.Visibility;
import io.lorahub.testsupport.Hub;
import io.lorahub.testsupport.PostgresResource;
import io.lorahub.web.SessionCookie;
import io.quarkus.narayana.jta.QuarkusTransaction;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.specification.RequestSpecification;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;
import org.hamcrest.Matchers;
import org.jsoup.Jsoup;
import org.jsoup.nodes.Document;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

@QuarkusTest
@QuarkusTestResource(PostgresResource.class)
class AdapterPageTest {

    private static final ObjectMapper JSON = new ObjectMapper();

    private final Hub hub;

    private Person owner;
    private Adapter adapter;

    AdapterPageTest(Hub hub) {
        this.hub = hub;
    }

    @BeforeEach
    void publish() {
        owner = hub.person(Role.MEMBER);
        adapter = hub.adapter(owner, Visibility.PUBLIC);
        change(a -> a.newest().facts = facts(8, 16, 3.885, 1.26));
    }

    @Test
    void the_page_shows_card_and_facts() {
        Document page = page("");

        assertThat(page.title()).startsWith(adapter.address());
        assertThat(page.select("h1").text()).isEqualTo(adapter.address());
        assertThat(page.select(".lede:not(.narrow-only)").text()).isEqualTo("Prefix un-. Puts un before a word.");
        assertThat(page.select("#card tbody td").eachText()).containsExactly("happy", "unhappy");
        assertThat(page.select("aside dl").text()).contains("Rank, alpha 8; 16", "Tensors 4, F32", "Parameters 49,152");
        assertThat(page.select("#card").select("script")).isEmpty();
    }

    @Test
    void warnings_of_the_checks_and_adapters_that_cannot_be_composed_are_shown() {
        change(a -> {
            a.baseModel = "nobody/has-this";
            a.newest().findings = JSON.createArrayNode()
                    .add(JSON.createObjectNode().put("title", "Ranks").put("state", "passed"))
                    .add(JSON.createObjectNode().put("title", "Words").put("state", "warned"));
        });

        Document page = page("");

        assertThat(page.select("aside .panel-head:has(h2:contains(Checks)) .badge")
                        .text())
                .isEqualTo("1 warning");
        assertThat(page.select("aside dl").text()).contains("Not registered here");
    }

    @Test
    void an_example_that_the_description_shows_is_not_repeated() {
        change(a -> a.description = "| reads | writes |\n|---|---|\n| `happy` | `unhappy` |");

        assertThat(page("").select("#card table")).hasSize(1);
    }

    @Test
    void a_description_is_rendered_once_for_each_text() {
        change(a -> a.description = "One *text*.");
        assertThat(page("").select("#card em").text()).isEqualTo("text");

        QuarkusTransaction.requiringNew()
                .run(() -> Adapter.getEntityManager()
                        .createNativeQuery("update adapter_description set html = '<p>kept</p>' where adapter_id = ?1")
                        .setParameter(1, adapter.id)
                        .executeUpdate());
        assertThat(page("").select("#card .prose").text()).isEqualTo("kept");

        change(a -> a.description = "Another.");
        assertThat(page("").select("#card .prose").text()).isEqualTo("Another.");
    }

    @Test
    void a_description_that_would_exhaust_the_hub_is_shown_as_it_was_typed() {
        for (String text : List.of(
                "[x]: /" + "a".repeat(30_000) + "\n\n" + "[x]".repeat(20_000),
                "|a".repeat(1_000) + "|\n" + "|-".repeat(1_000) + "|\n" + "|b\n".repeat(30_000))) {
            change(a -> a.description = text);
            assertThat(page("").select("#card pre").text()).startsWith(text.substring(0, 5));
        }
    }

    @Test
    void the_owner_begins_a_new_version_here() {
        String href = "/upload?adapter=" + adapter.address().replace("/", "%2F");
        assertThat(page(owner).select(".actions a").eachAttr("href")).contains(href);
        assertThat(page("").select(".actions a").eachAttr("href")).doesNotContain(href);
    }

    @Test
    void the_norm_of_each_module_is_drawn_and_written() {
        Document page = page("");

        assertThat(page.select(".norms tbody th").eachText()).containsExactly("encoder.0 self");
        assertThat(page.select(".norms tbody td.num").eachText()).containsExactly("3.89", "1.26");
        assertThat(page.select(".norms caption").text()).contains("Scale 0 to 4.00");
        assertThat(page.select(".norms rect:not(.track)").eachAttr("width")).containsExactly("97.1%", "31.5%");
    }

    @Test
    void a_name_in_capitals_leads_to_the_address_of_the_adapter() {
        String address = "/" + adapter.address();
        given().redirects()
                .follow(false)
                .get(address.toUpperCase(Locale.ROOT) + "?version=1.0.0")
                .then()
                .statusCode(301)
                .header("Location", Matchers.endsWith(address + "?version=1.0.0"));
    }

    @Test
    void a_preview_names_the_adapter() {
        Document page = page("");

        assertThat(page.select("meta[property=og:title]").attr("content"))
                .isEqualTo(adapter.address() + ": Prefix un-");
        assertThat(page.select("link[rel=canonical]").attr("href"))
                .startsWith("http://")
                .endsWith("/" + adapter.address());
    }

    @Test
    void html_in_any_field_is_text() {
        String hostile = "<script>alert(1)</script><img src=x onerror=alert(1)>\"'";
        change(a -> {
            a.title = hostile;
            a.summary = hostile;
            a.description = hostile;
            a.trainingData = hostile;
            a.intendedUse = hostile;
            a.exampleInput = hostile;
            a.exampleOutput = hostile;
            a.licence = hostile;
            a.baseModel = hostile;
            a.tags = List.of(hostile);
            a.languages = List.of(hostile);
            a.newest().notes = hostile;
            a.newest().facts =
                    facts(8, 16, 1, 1).set("dtypes", JSON.createArrayNode().add(hostile));
        });

        Document page = page("");

        assertThat(page.select("script:not([src])")).isEmpty();
        assertThat(page.select("img, [onerror]")).isEmpty();
        assertThat(page.select(".lede:not(.narrow-only)").text()).contains("<script>alert(1)</script>");
    }

    @Test
    void a_private_adapter_is_shown_to_its_owner_only() {
        change(a -> a.visibility = Visibility.PRIVATE);

        given().get("/" + adapter.address()).then().statusCode(404);
        given().cookie(SessionCookie.NAME, hub.session(hub.person(Role.MODERATOR)))
                .get("/" + adapter.address())
                .then()
                .statusCode(404);
        assertThat(page(owner).select(".title-line").text()).contains("Private");
    }

    @Test
    void owners_of_a_taken_down_adapter_see_the_reason_and_can_appeal() {
        change(a -> {
            a.state = AdapterState.TAKEN_DOWN;
            a.stateReason = "It copies another one.";
        });

        given().get("/" + adapter.address()).then().statusCode(404);
        Document page = page(owner);
        assertThat(page.select(".notice").text()).contains("It copies another one.");
        assertThat(page.select(".notice a").attr("href")).isEqualTo("/" + adapter.address() + "/appeal");
        assertThat(page(hub.person(Role.MODERATOR)).select(".notice").text()).contains("because you are a moderator");
    }

    @Test
    void versions_can_be_compared() {
        QuarkusTransaction.requiringNew().run(() -> {
            AdapterVersion second = new AdapterVersion();
            second.adapter = Adapter.findById(adapter.id);
            second.number = 2;
            second.label = "1.1.0";
            second.notes = "Better.";
            second.facts = facts(16, 16, 3.885, 2.5);
            second.findings = JSON.createArrayNode();
            second.persist();
        });

        Document page = page("");

        assertThat(page.select("#versions tbody").first().text()).contains("1.1.0", "Better.", "1.0.0");
        assertThat(page.select("#changes").text()).isEqualTo("From 1.0.0 to 1.1.0");
        assertThat(page.select("#versions").text()).contains("Rank 8 16");
        Document old = Jsoup.parse(given().get("/" + adapter.address() + "?version=1.0.0&compare=1.1.0")
                .asString());
        assertThat(old.select("#changes").text()).isEqualTo("From 1.1.0 to 1.0.0");
        assertThat(old.select(".notice").text()).contains("The newest is 1.1.0");
        given().get("/" + adapter.address() + "?version=7.0.0").then().statusCode(404);
    }

    @Test
    void the_like_button_likes_and_takes_it_back() {
        String cookie = hub.session(hub.person(Role.MEMBER));
        for (String expected : List.of("1", "0")) {
            Document before = page(cookie);
            given().cookie(SessionCookie.NAME, cookie)
                    .header("Sec-Fetch-Site", "same-origin")
                    .redirects()
                    .follow(false)
                    .formParam("like", before.select("button[name=like]").val())
                    .post("/" + adapter.address() + "/like")
                    .then()
                    .statusCode(303);
            assertThat(page(cookie).select("button[name=like]").text()).isEqualTo(expected);
        }
    }

    private void change(Consumer<Adapter> change) {
        QuarkusTransaction.requiringNew().run(() -> change.accept(Adapter.findById(adapter.id)));
    }

    private Document page(Person viewer) {
        return page(hub.session(viewer));
    }

    private Document page(String cookie) {
        RequestSpecification request = cookie.isEmpty() ? given() : given().cookie(SessionCookie.NAME, cookie);
        return Jsoup.parse(request.get("/" + adapter.address())
                .then()
                .statusCode(200)
                .extract()
                .asString());
    }

    private static ObjectNode facts(int rank, double alpha, double q, double v) {
        ObjectNode facts = JSON.createObjectNode();
        facts.putArray("ranks").add(rank);
        facts.putArray("alphas").add(alpha);
        facts.putArray("targets").add("q").add("v");
        facts.putArray("dtypes").add("F32");
        facts.put("modules", 2).put("parameters", 49152);
        ArrayNode layers = facts.putArray("layers");
        layers.addObject()
                .put("module", "encoder.block.0.layer.0.SelfAttention.q")
                .put("rank", rank)
                .put("norm", q);
        layers.addObject()
                .put("module", "encoder.block.0.layer.0.SelfAttention.v")
                .put("rank", rank)
                .put("norm", v);
        return facts;
    }
}
