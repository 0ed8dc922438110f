package io.lorahub.composition.publication;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.hasItem;
import static org.hamcrest.Matchers.not;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.lorahub.account.AccessToken.Scope;
import io.lorahub.account.Person;
import io.lorahub.account.Role;
import io.lorahub.adapter.Adapter;
import io.lorahub.adapter.AdapterState;
import io.lorahub.adapter.Visibility;
import io.lorahub.composition.CompositionRun;
import io.lorahub.testsupport.AsBrowser;
import io.lorahub.testsupport.DemoOnHub;
import io.lorahub.testsupport.FinishedRuns;
import io.lorahub.testsupport.Hub;
import io.lorahub.testsupport.PostgresResource;
import io.lorahub.testsupport.WithDoctor;
import io.quarkus.narayana.jta.QuarkusTransaction;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import io.restassured.http.ContentType;
import io.restassured.response.Response;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

@QuarkusTest
@QuarkusTestResource(PostgresResource.class)
@TestProfile(WithDoctor.class)
class RunPublishTest {

    private final Hub hub;
    private final DemoOnHub demo;
    private final FinishedRuns finished;
    private Person member;
    private String session;
    private List<String> parts;

    RunPublishTest(Hub hub, DemoOnHub demo, FinishedRuns finished) {
        this.hub = hub;
        this.demo = demo;
        this.finished = finished;
    }

    @BeforeEach
    void publish() {
        member = hub.person(Role.MEMBER);
        session = hub.session(member);
        parts = demo.publish(hub.person(Role.MEMBER), "un", "past");
    }

    private static void change(String address, Consumer<Adapter> change) {
        String[] words = address.split("/");
        QuarkusTransaction.requiringNew()
                .run(() -> change.accept(Adapter.at(words[0], words[1]).orElseThrow()));
    }

    private static String page(CompositionRun run) {
        return "/runs/" + run.id + "/publish";
    }

    /** Unlisted, as weights that are public once cannot be so again, and all tests find the same. */
    private Response send(CompositionRun run, String name) {
        return send(run, name, "unlisted");
    }

    private Response send(CompositionRun run, String name, String visibility) {
        return AsBrowser.given(session)
                .formParams(Map.of(
                        "name", name,
                        "visibility", visibility,
                        "title", "Prefix un- and past",
                        "summary", "",
                        "description", "Both at once.",
                        "tags", "spelling, morphology",
                        "languages", "en",
                        "recipe", "true"))
                .post(page(run));
    }

    /** The address where it is when it has passed its checks. */
    private String published(Response sent) {
        assertThat(sent.statusCode()).as(sent.asString()).isEqualTo(303);
        String upload = sent.header("Location");
        assertThat(upload).contains("/uploads/");
        await().atMost(Duration.ofMinutes(1))
                .until(() -> AsBrowser.given(session).get(upload + "/checks").statusCode() == 204);
        Response shown = AsBrowser.given(session).redirects().follow(false).get(upload);
        assertThat(shown.statusCode()).as(shown.asString()).isEqualTo(303);
        return URI.create(shown.header("Location")).getPath().substring(1);
    }

    @Test
    void the_card_is_prefilled_from_run_and_parts() {
        CompositionRun run = finished.over(member, 20, parts);

        String html = AsBrowser.given(session)
                .get(page(run) + "?name=un-past")
                .then()
                .statusCode(200)
                .extract()
                .asString();

        assertThat(html)
                .contains("licence of the mix: MIT", "value=\"un-past\"", "value=\"spelling\"")
                .contains("Puts un before a word and makes it past.", "| Adapter | Version | Weight | By | Licence |")
                .contains(parts.get(0), parts.get(1));
    }

    @Test
    void a_published_mix_and_its_parts_name_each_other() {
        CompositionRun run = finished.over(member, 20, parts);

        String address = published(send(run, "un-past", "public"));

        assertThat(address).isEqualTo(member.name + "/un-past");
        String page = AsBrowser.given()
                .get("/" + address)
                .then()
                .statusCode(200)
                .extract()
                .asString();
        String itsRun = "href=\"/runs/" + run.id + "\"";
        assertThat(page).contains(parts.get(0), parts.get(1), "Both at once.").doesNotContain(itsRun);
        AsBrowser.given(session).get("/" + address).then().body(containsString(itsRun));
        AsBrowser.given().get("/" + parts.get(0)).then().body(containsString(address));
        AsBrowser.given(session).get(page(run)).then().body(containsString("published this result already"));
    }

    @Test
    void taking_a_part_down_flags_what_was_made_of_it_and_keeps_more_from_being_made() {
        CompositionRun run = finished.over(member, 0, parts);
        published(send(run, "un-past"));
        String moderator = hub.session(hub.person(Role.MODERATOR));
        String address = "/" + member.name + "/un-past";
        AsBrowser.given(moderator).get(address).then().statusCode(200).body(not(containsString("was taken down")));

        change(parts.get(0), adapter -> {
            adapter.state = AdapterState.TAKEN_DOWN;
            adapter.stateReason = "Copied.";
        });

        AsBrowser.given(moderator).get(address).then().statusCode(200).body(containsString("taken down"));
        send(run, "again").then().statusCode(422).body(containsString("Moderation has taken down"));
    }

    @Test
    void licences_that_do_not_go_together_are_named() {
        change(parts.get(0), adapter -> adapter.licence = "CC-BY-SA-4.0");
        change(parts.get(1), adapter -> adapter.licence = "CC-BY-NC-4.0");
        CompositionRun run = finished.over(member, 0, parts);

        AsBrowser.given(session)
                .get(page(run))
                .then()
                .statusCode(200)
                .body(containsString("cannot be published"))
                .body(not(containsString("name=\"title\"")));
        send(run, "un-past").then().statusCode(422);
    }

    @Test
    void a_candidate_of_weight_zero_is_no_part() {
        CompositionRun run = finished.over(member, 0, parts);
        change(parts.get(0), adapter -> adapter.licence = "CC-BY-NC-4.0");
        change(parts.get(1), adapter -> adapter.licence = "CC-BY-SA-4.0");
        QuarkusTransaction.requiringNew().run(() -> {
            CompositionRun stored = CompositionRun.findById(run.id);
            ObjectNode result = stored.result.deepCopy();
            ((ObjectNode) result.get("weights")).put(parts.get(0), -0.0);
            stored.result = result;
        });

        AsBrowser.given(session)
                .get(page(run))
                .then()
                .statusCode(200)
                .body(containsString("licence of the mix: CC-BY-SA-4.0"))
                .body(not(containsString("/" + parts.get(0) + "\"")));
    }

    @Test
    void faults_stand_beside_their_fields_and_what_was_typed_stays() {
        CompositionRun run = finished.over(member, 0, parts);

        send(run, "Not A Name")
                .then()
                .statusCode(422)
                .body(containsString("cannot be a name"))
                .body(containsString("value=\"Prefix un- and past\""));
    }

    @Test
    void a_part_that_counts_next_to_nothing_gives_no_tags() {
        List<String> three = demo.publish(hub.person(Role.MEMBER), "un", "past", "agent");
        change(three.get(0), adapter -> adapter.tags = List.of("weighty"));
        change(three.get(2), adapter -> adapter.tags = List.of("faint"));

        AsBrowser.given(session)
                .get(page(finished.over(member, 0, three)))
                .then()
                .statusCode(200)
                .body(containsString("weighty"), not(containsString("faint")));
    }

    private Response ask(CompositionRun run, Scope scope, Map<String, ?> body) {
        return given().auth()
                .oauth2(hub.token(member, scope))
                .contentType(ContentType.JSON)
                .body(body)
                .post("/api/v1/runs/" + run.id + "/publication");
    }

    private void awaitPublished(String upload) {
        String token = hub.token(member, Scope.READ);
        await().atMost(Duration.ofMinutes(1))
                .until(() ->
                        given().auth().oauth2(token).get(upload).path("state").equals("published"));
    }

    @Test
    void programs_publish_with_a_name_alone() {
        CompositionRun run = finished.over(member, 0, parts);

        String upload = ask(run, Scope.WRITE, Map.of("name", "mix", "visibility", "unlisted"))
                .then()
                .log()
                .ifValidationFails()
                .statusCode(202)
                .header("Location", containsString("/api/v1/uploads/"))
                .body("run", equalTo(run.id.toString()))
                .body("card.licence", equalTo("MIT"))
                .extract()
                .path("url");
        awaitPublished(upload);
        given().get("/api/v1/adapters/" + member.name + "/mix")
                .then()
                .statusCode(200)
                .body("licence", equalTo("MIT"))
                .body("visibility", equalTo("unlisted"))
                .body("tags", hasItem("spelling"));
        ask(run, Scope.WRITE, Map.of("name", "mix", "publisher", "somebody-else"))
                .then()
                .statusCode(422);
        ask(run, Scope.READ, Map.of("name", "mix")).then().statusCode(403);
    }

    @Test
    void the_recipe_is_published_only_if_asked_and_names_nothing_that_is_not_public() {
        CompositionRun run = finished.over(member, 0, parts);
        change(parts.get(0), adapter -> adapter.visibility = Visibility.UNLISTED);

        awaitPublished(ask(run, Scope.WRITE, Map.of("name", "plain", "visibility", "unlisted"))
                .then()
                .statusCode(202)
                .extract()
                .path("url"));
        awaitPublished(ask(run, Scope.WRITE, Map.of("name", "with-recipe", "visibility", "unlisted", "recipe", true))
                .then()
                .statusCode(202)
                .extract()
                .path("url"));

        given().get(file("plain")).then().statusCode(404);
        Response recipe = given().get(file("with-recipe"));
        assertThat(recipe.statusCode()).isEqualTo(200);
        assertThat(recipe.asString()).doesNotContain(parts.get(0)).contains(parts.get(1), "examples");
        assertThat(recipe.jsonPath().getList("adapters.withheld")).containsExactly(true, null);
        assertThat(recipe.jsonPath().getList("adapters.weight")).doesNotContainNull();
        String card =
                given().get("/api/v1/adapters/" + member.name + "/with-recipe").asString();
        assertThat(card).contains(parts.get(1), "not public").doesNotContain(parts.get(0));
    }

    private String file(String name) {
        return "/api/v1/adapters/%s/%s/versions/1.0.0/files/recipe.json".formatted(member.name, name);
    }

    @Test
    void a_new_version_stays_as_visible_as_the_adapter_is() {
        CompositionRun run = finished.over(member, 0, parts);
        published(send(run, "mix", "unlisted"));

        String upload = ask(run, Scope.WRITE, Map.of("name", "mix", "notes", "Without its recipe.", "recipe", false))
                .then()
                .statusCode(202)
                .extract()
                .path("url");
        awaitPublished(upload);

        given().get("/api/v1/adapters/" + member.name + "/mix")
                .then()
                .statusCode(200)
                .body("versions[0].label", equalTo("1.1.0"))
                .body("visibility", equalTo("unlisted"));
        ask(run, Scope.WRITE, Map.of("name", "mix", "notes", "Once more.", "recipe", false))
                .then()
                .statusCode(422)
                .body("causes[0].message", containsString("its newest version"));
        AsBrowser.given(session)
                .get(page(run) + "?name=mix")
                .then()
                .body(containsString("value=\"unlisted\" selected"))
                .body(containsString("href=\"/runs/" + run.id + "/result\">Not now"));
    }

    @Test
    void only_the_owner_publishes() {
        CompositionRun run = finished.over(member, 0, parts);
        String other = hub.session(hub.person(Role.MEMBER));

        AsBrowser.given(other).get(page(run)).then().statusCode(404);
        AsBrowser.given(other).formParam("name", "mine").post(page(run)).then().statusCode(404);
        AsBrowser.given().get(page(run)).then().statusCode(303);
    }
}
