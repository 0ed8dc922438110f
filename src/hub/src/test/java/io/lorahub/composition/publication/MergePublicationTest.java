package io.lorahub.composition.publication;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.not;
import static org.hamcrest.Matchers.nullValue;

import io.lorahub.account.AccessToken.Scope;
import io.lorahub.adapter.Adapter;
import io.lorahub.adapter.AdapterVersion;
import io.lorahub.adapter.Visibility;
import io.lorahub.composition.task.WorkerTask;
import io.lorahub.testsupport.AsBrowser;
import io.lorahub.testsupport.DemoOnHub;
import io.lorahub.testsupport.FinishedRuns;
import io.lorahub.testsupport.Hub;
import io.lorahub.testsupport.PostgresResource;
import io.lorahub.testsupport.WithUploadChecks;
import io.quarkus.narayana.jta.QuarkusTransaction;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.response.Response;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** Publishing a merge, on its page and through the API. */
@QuarkusTest
@QuarkusTestResource(PostgresResource.class)
@WithUploadChecks
class MergePublicationTest extends MergePublishFixture {

    MergePublicationTest(Hub hub, DemoOnHub demo, FinishedRuns finished) {
        super(hub, demo, finished);
    }

    private void awaitPublished(Response sent) {
        sent.then().statusCode(202).header("Location", containsString("/api/v1/uploads/"));
        String upload = sent.path("url");
        await().atMost(SOON)
                .until(() -> program(Scope.READ).get(upload).path("state").equals("published"));
    }

    @Test
    void programs_publish_with_a_name_alone_and_the_card_says_how_it_was_made() {
        String merge = merged("method", "ties", "density", 0.5, "rank", 3);

        Response sent = publish(merge, Map.of("name", "merged", "visibility", "unlisted"));

        awaitPublished(sent);
        sent.then().body("run", nullValue()).body("card.licence", equalTo("MIT"));
        given().get("/api/v1/adapters/" + member.name + "/merged")
                .then()
                .statusCode(200)
                .body(
                        "title",
                        equalTo("Merge of %s and %s"
                                .formatted(
                                        parts.get(0).replaceFirst(".*/", ""),
                                        parts.get(1).replaceFirst(".*/", ""))))
                .body("licence", equalTo("MIT"))
                .body(
                        "description",
                        containsString(
                                "Merged by the method `ties` of PEFT's `add_weighted_adapter`, density 0.5, majority sign method total. The rank is 3, compressed from "))
                .body("description", containsString("(/" + parts.get(0) + ") | 1.0.0 | +0.700 |"))
                .body("description", containsString("(/" + parts.get(1) + ") | 1.0.0 | −0.400 |"));
        AdapterVersion version = QuarkusTransaction.requiringNew().call(() -> {
            AdapterVersion newest =
                    Adapter.at(member.name, "merged").orElseThrow().newest();
            newest.files.size();
            return newest;
        });
        assertThat(version.run).isNull();
        assertThat(version.files).containsOnlyKeys("adapter_config.json", "adapter_model.safetensors");
        AsBrowser.given().get("/" + member.name + "/merged").then().body(containsString(parts.get(0)));
        publish(merge, Map.of("name", "merged", "export", UUID.randomUUID().toString()))
                .then()
                .statusCode(422)
                .body("causes[0].field", equalTo("export"));
        program(Scope.READ)
                .body(Map.of("name", "x"))
                .post(merge + "/publication")
                .then()
                .statusCode(403);
    }

    @Test
    void a_second_click_publishes_nothing_twice_and_another_merge_is_not_taken_for_it() {
        String merge = merged();
        String other = merged("method", "svd", "rank", 2);
        Map<String, String> draft = Map.of("name", "twice", "visibility", "private");

        Response first = publish(merge, draft);
        Response second = publish(merge, draft);

        second.then().statusCode(202).body("id", equalTo(first.path("id")));
        awaitPublished(first);
        Response version = publish(other, Map.of("name", "twice", "notes", "Smaller."));
        assertThat(version.<String>path("id")).isNotEqualTo(first.path("id"));
        awaitPublished(version);
        program(Scope.READ)
                .get("/api/v1/adapters/" + member.name + "/twice")
                .then()
                .body("versions[0].label", equalTo("1.1.0"))
                .body("visibility", equalTo("private"));
    }

    @Test
    void the_adapter_stays_when_the_merge_expires() {
        String merge = merged();
        awaitPublished(publish(merge, Map.of("name", "kept", "recipe", true)));

        QuarkusTransaction.requiringNew().run(() -> WorkerTask.deleteById(UUID.fromString(id(merge))));

        publish(merge, Map.of("name", "later")).then().statusCode(404);
        Response recipe = program(Scope.READ)
                .get("/api/v1/adapters/%s/kept/versions/1.0.0/files/recipe.json".formatted(member.name));
        recipe.then().statusCode(200);
        assertThat(recipe.jsonPath().getList("adapters.weight")).containsExactly(0.7f, -0.4f);
    }

    @Test
    void what_is_not_public_is_not_named() {
        String merge = merged("method", "svd");
        change(parts.get(0), adapter -> adapter.visibility = Visibility.PRIVATE);

        awaitPublished(publish(merge, Map.of("name", "quiet", "visibility", "unlisted", "recipe", true)));

        String address = "/api/v1/adapters/" + member.name + "/quiet";
        assertThat(given().get(address).asString())
                .contains(parts.get(1), "not public")
                .doesNotContain(parts.get(0));
        Response recipe = given().get(address + "/versions/1.0.0/files/recipe.json");
        assertThat(recipe.asString()).contains(parts.get(1)).doesNotContain(parts.get(0));
        assertThat(recipe.jsonPath().getList("adapters.withheld")).containsExactly(true, null);
        assertThat(AsBrowser.given().get("/" + member.name + "/quiet").asString())
                .doesNotContain(parts.get(0));
    }

    @Test
    void a_member_edits_the_proposed_card_on_the_page() {
        String merge = merged("method", "dare_linear", "density", 0.5, "seed", 7);
        AsBrowser.given(session)
                .get("/compose/merge/" + id(merge))
                .then()
                .body(containsString("href=\"" + form(merge) + "\""));
        AsBrowser.given(session)
                .get(form(merge) + "?name=by-hand")
                .then()
                .statusCode(200)
                .body(
                        containsString("licence of the mix: MIT"),
                        containsString("value=\"by-hand\""),
                        containsString("random masks of LoraHub with the seed 7"),
                        containsString("href=\"/compose/merge/" + id(merge) + "\">Not now"),
                        not(containsString("few-shot")));
        Map<String, String> typed = new HashMap<>(Map.of(
                "name", "Not A Name", "visibility", "unlisted", "title", "By hand", "description", "Half and half."));
        AsBrowser.given(session)
                .formParams(typed)
                .post(form(merge))
                .then()
                .statusCode(422)
                .body(containsString("cannot be a name"), containsString("value=\"By hand\""));

        typed.put("name", "by-hand");
        String address = published(AsBrowser.given(session).formParams(typed).post(form(merge)));

        assertThat(address).isEqualTo(member.name + "/by-hand");
        AsBrowser.given().get("/" + address).then().body(containsString("Half and half."));
        AsBrowser.given(session).get(form(merge)).then().body(containsString("published this result already"));
        AsBrowser.given(session)
                .get("/compose/merge/" + id(merge))
                .then()
                .body(containsString("You have published this merge already."), containsString(address + " 1.0.0"));
    }
}
