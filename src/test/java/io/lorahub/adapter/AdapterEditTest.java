package io.lorahub.adapter;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.lorahub.account.AccessToken.Scope;
import io.lorahub.account.Person;
import io.lorahub.account.Role;
import io.lorahub.notice.Notice;
import io.lorahub.testsupport.AsBrowser;
import io.lorahub.testsupport.Hub;
import io.lorahub.testsupport.PostgresResource;
import io.quarkus.narayana.jta.QuarkusTransaction;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.RestAssured;
import io.restassured.http.ContentType;
import io.restassured.response.Response;
import io.restassured.specification.RequestSpecification;
import java.util.List;
import org.jsoup.Jsoup;
import org.jsoup.nodes.Document;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Changing and deleting what is published, over the pages and the API. */
@QuarkusTest
@QuarkusTestResource(PostgresResource.class)
class AdapterEditTest {

    private final Hub hub;

    private Person owner;
    private String page;

    AdapterEditTest(Hub hub) {
        this.hub = hub;
    }

    @BeforeEach
    void publish() {
        owner = hub.person(Role.MEMBER);
        page = "/" + owner.name + "/" + hub.adapter(owner, Visibility.PUBLIC).name;
    }

    @Test
    void the_card_is_changed_on_its_page() {
        String session = hub.session(owner);
        assertThat(AsBrowser.given(session).get(page + "/edit").asString()).contains("value=\"Prefix un-\"");
        Response saved = card(session)
                .formParam("title", "Prefix")
                .formParam("edition", 0)
                .post(page + "/edit");
        assertThat(saved.statusCode()).as(saved.asString()).isEqualTo(303);
        assertThat(AsBrowser.given().get(page).asString()).contains("Prefix.</strong>");

        Response late =
                card(session).formParam("title", "Late").formParam("edition", 0).post(page + "/edit");
        assertThat(late.statusCode()).isEqualTo(412);
        assertThat(late.asString()).contains("value=\"Late\"");
        Response wrong =
                card(session).formParam("title", "").formParam("edition", 1).post(page + "/edit");
        assertThat(wrong.statusCode()).isEqualTo(422);
        assertThat(wrong.asString()).contains("Give it a title");
    }

    @Test
    void a_program_changes_and_deletes_what_it_saw() {
        String address = "/api/v1/adapters" + page;
        String tag = api(owner).get(address).header("ETag");
        String change = "{\"summary\": \"Negates.\", \"visibility\": \"unlisted\"}";
        assertThat(api(owner).body(change).patch(address).statusCode()).isEqualTo(428);
        Response changed = api(owner).header("If-Match", tag).body(change).patch(address);
        assertThat(changed.statusCode()).as(changed.asString()).isEqualTo(200);
        assertThat(changed.jsonPath().getString("summary")).isEqualTo("Negates.");
        assertThat(changed.jsonPath().getString("title")).isEqualTo("Prefix un-");
        assertThat(changed.jsonPath().getString("visibility")).isEqualTo("unlisted");
        assertThat(api(owner).header("If-Match", tag).delete(address).statusCode())
                .isEqualTo(412);
        assertThat(api(owner)
                        .header("If-Match", changed.header("ETag"))
                        .delete(address)
                        .statusCode())
                .isEqualTo(204);
        assertThat(api(owner).get(address).statusCode()).isEqualTo(404);
    }

    @Test
    void it_is_deleted_on_a_page_that_asks_first() {
        String session = hub.session(owner);
        assertThat(AsBrowser.given(session).get(page + "/delete").asString()).contains("cannot be undone");
        assertThat(AsBrowser.given(session)
                        .formParam("edition", 0)
                        .post(page + "/delete")
                        .statusCode())
                .isEqualTo(303);
        assertThat(AsBrowser.given().get(page).statusCode()).isEqualTo(404);
    }

    @Test
    void others_may_not() {
        Person other = hub.person(Role.MODERATOR);
        String session = hub.session(other);
        assertThat(AsBrowser.given(session).get(page + "/edit").statusCode()).isEqualTo(403);
        assertThat(card(session).post(page + "/edit").statusCode()).isEqualTo(403);
        assertThat(AsBrowser.given(session).post(page + "/delete").statusCode()).isEqualTo(403);
        String address = "/api/v1/adapters" + page;
        assertThat(api(other)
                        .header("If-Match", "\"0\"")
                        .body("{}")
                        .patch(address)
                        .statusCode())
                .isEqualTo(403);
        assertThat(api(other).header("If-Match", "\"0\"").delete(address).statusCode())
                .isEqualTo(403);
        assertThat(RestAssured.given()
                        .header("If-Match", "\"0\"")
                        .delete(address)
                        .statusCode())
                .isEqualTo(401);
    }

    @Test
    void two_versions_are_compared() {
        assertThat(AsBrowser.given().get(page + "/compare").asString()).contains("There is only one version");
        QuarkusTransaction.requiringNew().run(() -> {
            AdapterVersion first = Adapter.at(owner.name, page.substring(page.lastIndexOf('/') + 1))
                    .orElseThrow()
                    .newest();
            AdapterVersion second = new AdapterVersion();
            second.adapter = first.adapter;
            second.number = 2;
            second.label = "1.1.0";
            second.notes = "Better <b>than</b> before.";
            second.facts = first.facts
                    .<ObjectNode>deepCopy()
                    .set("ranks", JsonNodeFactory.instance.arrayNode().add(16));
            second.findings = first.findings;
            second.persist();
        });
        assertThat(Jsoup.parse(AsBrowser.given().get(page).asString())
                        .select("#versions tbody a")
                        .eachAttr("href"))
                .contains(page + "/compare?from=1.0.0&to=1.1.0");
        Document compared = Jsoup.parse(
                AsBrowser.given().get(page + "/compare?from=1.0.0&to=1.1.0").asString());
        assertThat(compared.select("h1").text()).isEqualTo("From 1.0.0 to 1.1.0");
        assertThat(compared.select("main").text()).contains("Rank", "16", "Better <b>than</b> before.");
        assertThat(AsBrowser.given().get(page + "/compare?from=1.0.0&to=1.0.0").asString())
                .contains("This is one version");
        assertThat(AsBrowser.given().get(page + "/compare?from=1.0.0&to=9.0.0").statusCode())
                .isEqualTo(404);
    }

    @Test
    void what_was_made_of_it_stays_and_its_owner_is_told() {
        Person other = hub.person(Role.MEMBER);
        Adapter made = hub.adapter(other, Visibility.PUBLIC);
        QuarkusTransaction.requiringNew()
                .run(() -> Adapter.getEntityManager()
                        .createNativeQuery("insert into version_part values (?1, ?2, 1)")
                        .setParameter(1, made.newest().id)
                        .setParameter(
                                2,
                                Adapter.at(owner.name, page.substring(page.lastIndexOf('/') + 1))
                                        .orElseThrow()
                                        .newest()
                                        .id)
                        .executeUpdate());
        String admin = hub.session(hub.person(Role.ADMIN));
        Document asked =
                Jsoup.parse(AsBrowser.given(admin).get(page + "/delete").asString());
        assertThat(asked.text()).contains("1 version", "1 published version of other adapters");

        Response deleted = AsBrowser.given(admin)
                .formParam("edition", asked.select("[name=edition]").val())
                .post(page + "/delete");

        assertThat(deleted.statusCode()).as(deleted.asString()).isEqualTo(303);
        assertThat(AsBrowser.given().get("/" + made.address()).statusCode()).isEqualTo(200);
        for (Person told : List.of(owner, other)) {
            long notices = QuarkusTransaction.requiringNew().call(() -> Notice.count("personId", told.id));
            assertThat(notices).isEqualTo(1);
        }
    }

    private RequestSpecification api(Person person) {
        return RestAssured.given().auth().oauth2(hub.token(person, Scope.WRITE)).contentType(ContentType.JSON);
    }

    private static RequestSpecification card(String session) {
        return AsBrowser.given(session)
                .formParam("licence", "MIT")
                .formParam("visibility", "public")
                .formParam("do", "save");
    }
}
