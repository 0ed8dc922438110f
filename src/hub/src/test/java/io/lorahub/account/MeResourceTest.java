package io.lorahub.account;

import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.hasSize;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.nullValue;
import static org.hamcrest.Matchers.startsWith;

import io.lorahub.account.AccessToken.Scope;
import io.lorahub.testsupport.Hub;
import io.lorahub.testsupport.PostgresResource;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.specification.RequestSpecification;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

@QuarkusTest
@QuarkusTestResource(PostgresResource.class)
class MeResourceTest {

    private final Hub hub;
    private Person person;

    MeResourceTest(Hub hub) {
        this.hub = hub;
    }

    @BeforeEach
    void person() {
        person = hub.person(Role.MODERATOR);
    }

    @Test
    void a_token_learns_whose_it_is_and_what_it_may() {
        with(Scope.READ)
                .get("/api/v1/me")
                .then()
                .statusCode(200)
                .body("name", equalTo(person.name))
                .body("role", equalTo("moderator"))
                .body("publishers", equalTo(java.util.List.of(person.name)))
                .body("scope", equalTo("read"))
                .body("unread", equalTo(0));
        problem(Forms.as(null).get("/api/v1/me"), 401);
        problem(Forms.as(null).header("Authorization", "Bearer lh_invented").get("/api/v1/me"), 401);
    }

    @Test
    void tokens_are_made_in_a_browser_only() {
        String request = "{\"name\":\"laptop\",\"scope\":\"write\",\"days\":7}";
        problem(with(Scope.WRITE).contentType("application/json").body(request).post("/api/v1/me/tokens"), 403);
        problem(with(Scope.READ).contentType("application/json").body(request).post("/api/v1/me/tokens"), 403);
        String token = Forms.as(hub.session(person))
                .contentType("application/json")
                .body(request)
                .post("/api/v1/me/tokens")
                .then()
                .statusCode(201)
                .header("Cache-Control", containsString("no-store"))
                .body("token", startsWith("lh_"))
                .body("about.scope", equalTo("write"))
                .extract()
                .path("token");
        Forms.as(null)
                .header("Authorization", "Bearer " + token)
                .get("/api/v1/me")
                .then()
                .statusCode(200);
    }

    @Test
    void errors_in_a_request_are_reported_by_field() {
        Forms.as(hub.session(person))
                .contentType("application/json")
                .body("{\"name\":\"\",\"scope\":\"root\",\"days\":8}")
                .post("/api/v1/me/tokens")
                .then()
                .statusCode(422)
                .contentType(startsWith("application/problem+json"))
                .body("causes.field", equalTo(java.util.List.of("name", "scope", "days")));
        problem(Forms.as(hub.session(person)).contentType("application/json").post("/api/v1/me/tokens"), 400);
        problem(
                Forms.as(hub.session(person))
                        .contentType("application/json")
                        .body("{\"name\":")
                        .post("/api/v1/me/tokens"),
                400);
    }

    @Test
    void a_token_lists_what_is_its_persons_and_a_browser_revokes_it() {
        with(Scope.WRITE)
                .get("/api/v1/me/tokens")
                .then()
                .statusCode(200)
                .body("$", hasSize(1))
                .body("[0].scope", is("write"))
                .body("[0].token", nullValue());
        long own = AccessToken.<AccessToken>find("person", person).firstResult().id;
        Person somebody = hub.person(Role.MEMBER);
        hub.token(somebody, Scope.READ);
        long theirs = AccessToken.<AccessToken>find("person", somebody).firstResult().id;

        for (Scope scope : Scope.values()) problem(with(scope).delete("/api/v1/me/tokens/" + own), 403);
        String session = hub.session(person);
        problem(Forms.as(session).delete("/api/v1/me/tokens/" + theirs), 404);
        assertThat(Forms.as(session).delete("/api/v1/me/tokens/" + own).statusCode())
                .isEqualTo(204);
        problem(Forms.as(session).delete("/api/v1/me/tokens/" + own), 404);
    }

    private RequestSpecification with(Scope scope) {
        return Forms.as(null).header("Authorization", "Bearer " + hub.token(person, scope));
    }

    private static void problem(io.restassured.response.Response answer, int status) {
        answer.then()
                .statusCode(status)
                .contentType(startsWith("application/problem+json"))
                .body("status", equalTo(status));
    }
}
