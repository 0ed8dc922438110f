package io.lorahub.api;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.equalTo;

import io.lorahub.account.AccessToken;
import io.lorahub.account.Person;
import io.lorahub.account.Role;
import io.lorahub.testsupport.Hub;
import io.lorahub.testsupport.PostgresResource;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.specification.RequestSpecification;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The API reports what it cannot read, as documented. */
@QuarkusTest
@QuarkusTestResource(PostgresResource.class)
class QueryFaultsTest {

    private final Hub hub;

    QueryFaultsTest(Hub hub) {
        this.hub = hub;
    }

    @ParameterizedTest
    @CsvSource({
        "/me/notices,before,many",
        "/me/notices,before,''",
        "/moderation/audit,before,99999999999999999999",
        "/moderation/members,limit,1e3",
        "/moderation/queue,offset,x",
        "/uploads,batch,''",
        "/uploads,batch,nothing"
    })
    void unreadable_parts_are_named(String path, String name, String value) {
        admin().queryParam(name, value)
                .get("/api/v1" + path)
                .then()
                .statusCode(400)
                .body("causes[0].field", equalTo(name));
    }

    @ParameterizedTest
    @ValueSource(strings = {"/me/notices", "/moderation/audit", "/moderation/members", "/moderation/queue", "/uploads"})
    void the_document_says_so(String path) {
        assertThat(given().get("/api/v1/openapi.json")
                        .jsonPath()
                        .getMap("paths.'/api/v1%s'.get.responses".formatted(path)))
                .containsKey("400");
    }

    @Test
    void a_reason_is_a_text() {
        Person member = hub.person(Role.MEMBER);
        admin().contentType("application/json")
                .body("{\"reason\": false}")
                .put("/api/v1/moderation/members/" + member.name + "/ban")
                .then()
                .statusCode(400)
                .body("causes[0].field", equalTo("reason"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"GET", "POST", "PUT", "DELETE", "PATCH"})
    void nothing_is_at_an_unknown_address_whatever_is_asked(String method) {
        admin().request(method, "/api/v1/nothing/here").then().statusCode(404);
    }

    @Test
    void options_lists_all_methods_of_an_address() {
        String allowed = admin().options("/api/v1/uploads").header("Allow");
        assertThat(allowed).isEqualTo("GET, HEAD, OPTIONS, POST");
    }

    private RequestSpecification admin() {
        return given().auth().oauth2(hub.token(hub.person(Role.ADMIN), AccessToken.Scope.ADMINISTER));
    }
}
