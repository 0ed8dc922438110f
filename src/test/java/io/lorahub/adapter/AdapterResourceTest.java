package io.lorahub.adapter;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;

import io.lorahub.account.AccessToken;
import io.lorahub.account.Person;
import io.lorahub.account.Role;
import io.lorahub.testsupport.Hub;
import io.lorahub.testsupport.PostgresResource;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.path.json.JsonPath;
import io.restassured.response.Response;
import org.junit.jupiter.api.Test;

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
