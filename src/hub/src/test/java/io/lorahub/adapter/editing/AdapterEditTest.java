package io.lorahub.adapter.editing;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.lorahub.account.AccessToken.Scope;
import io.lorahub.account.Person;
import io.lorahub.account.Role;
import io.lorahub.adapter.Adapter;
import io.lorahub.adapter.AdapterVersion;
import io.lorahub.adapter.Visibility;
import io.lorahub.audit.AuditEntry;
import io.lorahub.testsupport.AsBrowser;
import io.lorahub.testsupport.Hub;
import io.lorahub.testsupport.PostgresResource;
import io.lorahub.testsupport.Settings;
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
import org.jsoup.nodes.Element;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Changing published adapters, on the pages and in the API. */
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

        Response wrong =
                card(session).formParam("title", "").formParam("edition", 1).post(page + "/edit");
        assertThat(wrong.statusCode()).isEqualTo(422);
        assertThat(wrong.asString()).contains("Give it a title");
    }

    @Test
    void a_member_changes_only_so_many_cards_in_an_hour() {
        String address = "/api/v1/adapters" + page;
        QuarkusTransaction.requiringNew().run(() -> {
            for (int i = 1; i < AdapterEditing.MOST_CHANGES; i++) {
                AuditEntry entry = new AuditEntry();
                entry.actor = owner.name;
                entry.action = "adapter.edit";
                entry.subject = page.substring(1);
                entry.persist();
            }
        });
        ObjectNode change = JsonNodeFactory.instance.objectNode().put("title", "Prefix");

        Response last = api(owner)
                .header("If-Match", api(owner).get(address).header("ETag"))
                .contentType(ContentType.JSON)
                .body(change.toString())
                .patch(address);
        assertThat(last.statusCode()).as(last.asString()).isEqualTo(200);
        Response refused = api(owner)
                .header("If-Match", last.header("ETag"))
                .contentType(ContentType.JSON)
                .body(change.toString())
                .patch(address);
        assertThat(refused.statusCode()).as(refused.asString()).isEqualTo(429);
        assertThat(refused.header("Retry-After")).isEqualTo("60");
    }

    @Test
    @Settings("lorahub.upload.per-member=0")
    void a_member_whose_storage_is_full_changes_who_sees_an_adapter_but_not_its_text() {
        String address = "/api/v1/adapters" + page;
        String tag = api(owner).get(address).header("ETag");

        Response text = api(owner)
                .header("If-Match", tag)
                .body("{\"title\": \"Longer\"}")
                .patch(address);
        Response visibility = api(owner)
                .header("If-Match", tag)
                .body("{\"visibility\": \"private\"}")
                .patch(address);

        assertThat(text.statusCode()).isEqualTo(507);
        assertThat(text.asString()).contains("that a member can store");
        assertThat(visibility.statusCode()).as(visibility.asString()).isEqualTo(200);
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
        secondVersion();
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
    void a_late_editor_keeps_the_typed_text_sees_the_stored_one_and_can_save() {
        String session = hub.session(owner);
        Response first = card(session)
                .formParam("title", "First")
                .formParam("summary", "Of the first <b>one</b>.")
                .formParam("edition", 0)
                .post(page + "/edit");
        assertThat(first.statusCode()).isEqualTo(303);

        Response late = card(session)
                .formParam("title", "Late")
                .formParam("summary", "Of the late one.")
                .formParam("edition", 0)
                .post(page + "/edit");

        assertThat(late.statusCode()).isEqualTo(412);
        Document shown = Jsoup.parse(late.asString());
        assertThat(shown.select("[role=alert]").text()).contains("The adapter has changed.");
        assertThat(shown.select("#f-title").val()).isEqualTo("Late");
        assertThat(shown.select("#f-summary").val()).isEqualTo("Of the late one.");
        Element stored = shown.select("section[aria-labelledby=stored-t] dl").first();
        assertThat(stored.select("dt").eachText()).containsExactly("Title", "What it does, in one sentence");
        assertThat(stored.select("dd").eachText()).containsExactly("First", "Of the first <b>one</b>.");

        Response again = card(session)
                .formParam("title", shown.select("#f-title").val())
                .formParam("edition", shown.select("[name=edition]").val())
                .post(page + "/edit");
        assertThat(again.statusCode()).isEqualTo(303);
        assertThat(AsBrowser.given(session).get(page + "/edit").asString()).contains("value=\"Late\"");
    }

    @Test
    void notes_of_every_version_are_changed_on_the_page() {
        secondVersion();
        String session = hub.session(owner);
        Document form = Jsoup.parse(AsBrowser.given(session).get(page + "/edit").asString());
        assertThat(form.select("input[name=label]").eachAttr("value")).containsExactly("1.1.0", "1.0.0");
        assertThat(form.select("textarea[name=notes]").get(0).wholeText()).contains("Better <b>than</b> before.");

        Response saved = card(session)
                .formParam("title", "Prefix")
                .formParam("edition", form.select("[name=edition]").val())
                .formParam("label", "1.1.0", "1.0.0")
                .formParam("notes", "", "The first\r\none.")
                .post(page + "/edit");

        assertThat(saved.statusCode()).as(saved.asString()).isEqualTo(303);
        assertThat(notes()).containsExactly("", "The first\none.");

        Response wrong = card(session)
                .formParam("title", "Prefix")
                .formParam("edition", 1)
                .formParam("label", "1.1.0", "1.0.0")
                .formParam("notes", "Short.", "x".repeat(4001))
                .post(page + "/edit");
        assertThat(wrong.statusCode()).isEqualTo(422);
        Document refused = Jsoup.parse(wrong.asString());
        assertThat(refused.select("details[open] .field-error").text()).isEqualTo("Write at most 4,000 characters.");
        assertThat(refused.select("textarea[name=notes]").get(0).wholeText()).contains("Short.");
        assertThat(notes()).containsExactly("", "The first\none.");
    }

    @Test
    void notes_of_every_version_are_changed_by_programs() {
        secondVersion();
        String address = "/api/v1/adapters" + page;
        Response changed = api(owner)
                .header("If-Match", "*")
                .body("{\"version_notes\": {\"1.0.0\": \"The first one.\", \"1.1.0\": null}}")
                .patch(address);
        assertThat(changed.statusCode()).as(changed.asString()).isEqualTo(200);
        assertThat(changed.jsonPath().getList("versions.notes")).containsExactly("", "The first one.");

        Response wrong = api(owner)
                .header("If-Match", "*")
                .body("{\"title\": \"New\", \"version_notes\": {\"9.0.0\": \"None.\"}}")
                .patch(address);
        assertThat(wrong.statusCode()).isEqualTo(422);
        assertThat(wrong.jsonPath().getList("causes.field")).containsExactly("version_notes.9.0.0");
        assertThat(api(owner)
                        .header("If-Match", "*")
                        .body("{\"version_notes\": [1]}")
                        .patch(address)
                        .statusCode())
                .isEqualTo(422);
        assertThat(api(owner).get(address).jsonPath().getString("title")).isEqualTo("Prefix un-");
    }

    /** Newest first. */
    private List<String> notes() {
        return QuarkusTransaction.requiringNew()
                .call(() ->
                        AdapterVersion.of(adapter()).stream().map(v -> v.notes).toList());
    }

    private Adapter adapter() {
        return Adapter.at(owner.name, page.substring(page.lastIndexOf('/') + 1)).orElseThrow();
    }

    private void secondVersion() {
        QuarkusTransaction.requiringNew().run(() -> {
            AdapterVersion first = adapter().newest();
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
