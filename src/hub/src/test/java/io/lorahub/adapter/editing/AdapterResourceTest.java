package io.lorahub.adapter.editing;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.equalTo;

import io.lorahub.account.AccessToken;
import io.lorahub.account.Person;
import io.lorahub.account.Role;
import io.lorahub.adapter.Adapter;
import io.lorahub.adapter.Visibility;
import io.lorahub.testsupport.Hub;
import io.lorahub.testsupport.PostgresResource;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.path.json.JsonPath;
import io.restassured.response.Response;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@QuarkusTest
@QuarkusTestResource(PostgresResource.class)
class AdapterResourceTest {

    private final Hub hub;

    AdapterResourceTest(Hub hub) {
        this.hub = hub;
    }

    @Test
    void an_adapter_is_shown_with_its_card_and_versions() {
        Person owner = hub.person(Role.MEMBER);
        Adapter adapter = hub.adapter(owner, Visibility.PUBLIC);

        JsonPath json = get(adapter).then().statusCode(200).extract().jsonPath();

        assertThat(json.getString("url")).isEqualTo("/" + adapter.address());
        assertThat(json.getString("base_model")).isEqualTo("lorahub/demo-base");
        assertThat(json.getList("target_modules", String.class)).containsExactly("q", "v");
        assertThat(json.getString("state")).isEqualTo("active");
        assertThat(json.getString("versions[0].label")).isEqualTo("1.0.0");
    }

    @Test
    void an_unchanged_adapter_is_not_sent_again() {
        Adapter adapter = hub.adapter(hub.person(Role.MEMBER), Visibility.PUBLIC);
        String etag = get(adapter).getHeader("ETag");

        given().header("If-None-Match", etag)
                .get("/api/v1/adapters/" + adapter.address())
                .then()
                .statusCode(304);
    }

    @ParameterizedTest
    @ValueSource(strings = {"W/%s", "\"other\", %s", "\"a\",W/%s", "*"})
    void if_none_match_is_compared_weakly_and_in_lists(String header) {
        Adapter adapter = hub.adapter(hub.person(Role.MEMBER), Visibility.PUBLIC);
        String etag = get(adapter).getHeader("ETag");

        given().header("If-None-Match", header.formatted(etag))
                .get("/api/v1/adapters/" + adapter.address())
                .then()
                .statusCode(304);
    }

    @Test
    void a_like_is_sent_again_and_does_not_stand_in_the_way_of_a_change() {
        Person owner = hub.person(Role.MEMBER);
        Adapter adapter = hub.adapter(owner, Visibility.PUBLIC);
        String etag = get(adapter).getHeader("ETag");
        String token = hub.token(owner, AccessToken.Scope.WRITE);
        String address = "/api/v1/adapters/" + adapter.address();
        given().auth().oauth2(token).put(address + "/like").then().statusCode(200);

        given().header("If-None-Match", etag)
                .get(address)
                .then()
                .statusCode(200)
                .body("likes", equalTo(1));
        given().auth()
                .oauth2(token)
                .contentType("application/json")
                .header("If-Match", "W/" + etag)
                .body("{\"title\": \"Weak\"}")
                .patch(address)
                .then()
                .statusCode(412);
        given().auth()
                .oauth2(token)
                .contentType("application/json")
                .header("If-Match", etag)
                .body("{\"title\": \"Strong\"}")
                .patch(address)
                .then()
                .statusCode(200);
    }

    @Test
    void a_private_adapter_is_there_for_its_owner_only() {
        Person owner = hub.person(Role.MEMBER);
        Adapter adapter = hub.adapter(owner, Visibility.PRIVATE);

        assertThat(get(adapter).statusCode()).isEqualTo(404);
        given().auth()
                .oauth2(hub.token(owner, AccessToken.Scope.READ))
                .get("/api/v1/adapters/" + adapter.address())
                .then()
                .statusCode(200);
    }

    private static Response get(Adapter adapter) {
        return given().get("/api/v1/adapters/" + adapter.address());
    }
}
