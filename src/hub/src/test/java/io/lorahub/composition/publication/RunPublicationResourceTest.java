package io.lorahub.composition.publication;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.hasItem;

import io.lorahub.account.AccessToken.Scope;
import io.lorahub.adapter.Visibility;
import io.lorahub.composition.CompositionRun;
import io.lorahub.testsupport.AsBrowser;
import io.lorahub.testsupport.DemoOnHub;
import io.lorahub.testsupport.FinishedRuns;
import io.lorahub.testsupport.Hub;
import io.lorahub.testsupport.PostgresResource;
import io.lorahub.testsupport.WithUploadChecks;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.http.ContentType;
import io.restassured.response.Response;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Publishing a run's result through the API. */
@QuarkusTest
@QuarkusTestResource(PostgresResource.class)
@WithUploadChecks
class RunPublicationResourceTest extends RunPublishFixture {

    RunPublicationResourceTest(Hub hub, DemoOnHub demo, FinishedRuns finished) {
        super(hub, demo, finished);
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
    void a_second_click_gets_the_same_upload() {
        CompositionRun run = finished.over(member, 0, parts);
        Map<String, String> draft = Map.of("name", "twice", "visibility", "unlisted");
        String first =
                ask(run, Scope.WRITE, draft).then().statusCode(202).extract().path("id");

        ask(run, Scope.WRITE, draft).then().statusCode(202).body("id", equalTo(first));
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
}
