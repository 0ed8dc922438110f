package io.lorahub.huggingface;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;

import io.lorahub.account.AccessToken;
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
import java.util.List;
import org.junit.jupiter.api.Test;

@QuarkusTest
@QuarkusTestResource(PostgresResource.class)
class LikedModelsTest {

    private final Hub hub;

    LikedModelsTest(Hub hub) {
        this.hub = hub;
    }

    @Test
    void members_list_and_withdraw_their_own_likes() {
        Person owner = hub.person(Role.MEMBER);
        Adapter adapter = hub.adapter(owner, Visibility.PUBLIC);
        Person other = hub.person(Role.MEMBER);
        Adapter hidden = hub.adapter(owner, Visibility.PUBLIC);
        String path = "/api/users/%s/likes".formatted(other.name);
        for (Adapter liked : List.of(adapter, hidden)) {
            as(other)
                    .put("/api/v1/adapters/%s/like".formatted(liked.address()))
                    .then()
                    .statusCode(200);
        }
        QuarkusTransaction.requiringNew()
                .run(() -> Adapter.<Adapter>findById(hidden.id).visibility = Visibility.PRIVATE);

        Response list = as(other).get(path);
        assertThat(list.jsonPath().getList("repo.name")).containsExactly(adapter.address());
        assertThat(list.jsonPath().getList("repo.type")).containsExactly("model");
        assertThat(list.jsonPath().getString("[0].createdAt")).matches("\\d{4}-\\d\\d-\\d\\dT[\\d:.]+Z");

        as(other)
                .delete("/api/models/%s/like".formatted(adapter.address()))
                .then()
                .statusCode(200);
        assertThat(as(other).get(path).jsonPath().getList("$")).isEmpty();
        Response refused = as(owner).get(path);
        assertThat(refused.statusCode()).isEqualTo(403);
        assertThat(refused.asString()).contains("members see only their own likes");
        assertThat(given().get(path).statusCode()).isEqualTo(401);
    }

    private RequestSpecification as(Person person) {
        return given().auth().oauth2(hub.token(person, AccessToken.Scope.WRITE));
    }
}
