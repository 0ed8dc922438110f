package io.lorahub.adapter.editing;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.containsInAnyOrder;
import static org.hamcrest.Matchers.equalTo;

import io.lorahub.account.AccessToken.Scope;
import io.lorahub.account.Person;
import io.lorahub.account.Role;
import io.lorahub.adapter.Adapter;
import io.lorahub.adapter.Visibility;
import io.lorahub.testsupport.Hub;
import io.lorahub.testsupport.PostgresResource;
import io.quarkus.narayana.jta.QuarkusTransaction;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.response.Response;
import io.restassured.specification.RequestSpecification;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** PATCH and DELETE of an adapter in the API. */
@QuarkusTest
@QuarkusTestResource(PostgresResource.class)
class AdapterChangeTest {

    private final Hub hub;

    private Adapter adapter;
    private String token;

    AdapterChangeTest(Hub hub) {
        this.hub = hub;
    }

    @BeforeEach
    void publish() {
        Person owner = hub.person(Role.MEMBER);
        adapter = hub.adapter(owner, Visibility.PUBLIC);
        token = hub.token(owner, Scope.WRITE);
    }

    @Test
    void a_merge_patch_changes_what_it_names() {
        String etag = etag();
        Response changed = patch(
                etag, "{\"title\": \"New\", \"tags\": [\"one\"], \"summary\": null, \"visibility\": \"private\"}");

        changed.then()
                .statusCode(200)
                .body("title", equalTo("New"))
                .body("tags", contains("one"))
                .body("summary", equalTo(""))
                .body("visibility", equalTo("private"))
                .body("languages", contains("en"))
                .body("example_output", equalTo("unhappy"));
        assertThat(changed.header("ETag")).isNotEqualTo(etag).isEqualTo(etag());
    }

    @Test
    void everything_wrong_with_a_patch_is_said_at_once_and_nothing_changes() {
        patch(etag(), "{\"title\": 7, \"tags\": [1], \"likes\": 1000, \"licence\": \"MIT\"}")
                .then()
                .statusCode(422)
                .body("causes.field", containsInAnyOrder("title", "tags", "likes"));
        patch(etag(), "{\"likes\": 1000, \"title\": \"\", \"visibility\": \"some\"}")
                .then()
                .statusCode(422)
                .body("causes.field", containsInAnyOrder("likes", "title", "visibility"));
        patch(etag(), "{\"title\": null, \"visibility\": \"some\", \"training_data\": \"" + "x".repeat(4001) + "\"}")
                .then()
                .statusCode(422)
                .body("causes.field", containsInAnyOrder("title", "visibility", "training_data"));
        patch(etag(), "[]").then().statusCode(422);
        patch(etag(), "{\"title\": ").then().statusCode(400);
        assertThat(stored().title).isEqualTo("Prefix un-");
    }

    @Test
    void changes_need_the_present_etag() {
        String etag = etag();
        patch(null, "{\"title\": \"New\"}").then().statusCode(428);
        as(token).delete(api()).then().statusCode(428);
        patch(etag, "{\"title\": \"First\"}").then().statusCode(200);

        patch(etag, "{\"title\": \"Second\"}").then().statusCode(412);
        as(token).header("If-Match", etag).delete(api()).then().statusCode(412);

        assertThat(stored().title).isEqualTo("First");
        as(token).header("If-Match", etag()).delete(api()).then().statusCode(204);
        as(token).get(api()).then().statusCode(404);
    }

    @Test
    void others_and_read_tokens_change_nothing() {
        String etag = etag();
        String owner = token;
        given().header("If-Match", etag).delete(api()).then().statusCode(401);
        for (Role role : new Role[] {Role.MEMBER, Role.MODERATOR}) {
            token = hub.token(hub.person(role), role == Role.MEMBER ? Scope.WRITE : Scope.ADMINISTER);
            patch(etag, "{\"title\": \"Mine\"}").then().statusCode(403);
            as(token).header("If-Match", etag).delete(api()).then().statusCode(403);
        }
        String stranger = token;
        Person person = QuarkusTransaction.requiringNew()
                .call(() -> Person.<Person>find("name", adapter.publisher.name).firstResult());
        token = hub.token(person, Scope.READ);
        patch(etag, "{\"title\": \"Mine\"}").then().statusCode(403);
        token = owner;
        patch(etag, "{\"visibility\": \"private\"}").then().statusCode(200);
        as(stranger).header("If-Match", "*").delete(api()).then().statusCode(404);
        token = stranger;
        patch("*", "{\"title\": \"Mine\"}").then().statusCode(404);
        assertThat(stored().title).isEqualTo("Prefix un-");
    }

    @Test
    void an_administrator_deletes_but_does_not_change() {
        String etag = etag();
        token = hub.token(hub.person(Role.ADMIN), Scope.ADMINISTER);
        patch(etag, "{\"title\": \"Mine\"}").then().statusCode(403);
        as(token).header("If-Match", etag).delete(api()).then().statusCode(204);
    }

    private Response patch(String etag, String body) {
        RequestSpecification request =
                as(token).contentType("application/merge-patch+json").body(body.getBytes());
        return (etag == null ? request : request.header("If-Match", etag)).patch(api());
    }

    private static RequestSpecification as(String token) {
        return given().auth().oauth2(token);
    }

    private String etag() {
        return as(token).get(api()).header("ETag");
    }

    private String api() {
        return "/api/v1/adapters/" + adapter.address();
    }

    private Adapter stored() {
        return QuarkusTransaction.requiringNew().call(() -> Adapter.findById(adapter.id));
    }
}
