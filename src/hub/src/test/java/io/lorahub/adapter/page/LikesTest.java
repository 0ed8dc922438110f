package io.lorahub.adapter.page;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.lorahub.account.AccessToken;
import io.lorahub.account.Person;
import io.lorahub.account.Role;
import io.lorahub.adapter.Adapter;
import io.lorahub.adapter.Visibility;
import io.lorahub.testsupport.Hub;
import io.lorahub.testsupport.LockWaits;
import io.lorahub.testsupport.PostgresResource;
import io.quarkus.narayana.jta.QuarkusTransaction;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.response.Response;
import io.restassured.specification.RequestSpecification;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

@QuarkusTest
@QuarkusTestResource(PostgresResource.class)
class LikesTest {

    private final Hub hub;

    LikesTest(Hub hub) {
        this.hub = hub;
    }

    @Test
    void a_like_can_be_taken_back() {
        Adapter adapter = hub.adapter(hub.person(Role.MEMBER), Visibility.PUBLIC);
        String token = hub.token(hub.person(Role.MEMBER), AccessToken.Scope.WRITE);

        assertThat(as(token).put(like(adapter)).jsonPath().getInt("likes")).isEqualTo(1);
        assertThat(as(token).put(like(adapter)).jsonPath().getInt("likes")).isEqualTo(1);
        assertThat(as(token).delete(like(adapter)).jsonPath().getInt("likes")).isZero();
        Response again = as(token).delete(like(adapter));
        assertThat(again.jsonPath().getInt("likes")).isZero();
        assertThat(again.jsonPath().getBoolean("liked")).isFalse();
    }

    @Test
    void likes_of_one_person_at_the_same_time_count_once() throws Exception {
        Adapter adapter = hub.adapter(hub.person(Role.MEMBER), Visibility.PUBLIC);
        String token = hub.token(hub.person(Role.MEMBER), AccessToken.Scope.WRITE);
        ExecutorService threads = Executors.newFixedThreadPool(8);

        List<Future<Integer>> answers = new ArrayList<>();
        for (int i = 0; i < 24; i++) {
            answers.add(threads.submit(() -> as(token).put(like(adapter)).statusCode()));
        }
        for (Future<Integer> answer : answers) assertThat(answer.get()).isEqualTo(200);
        threads.shutdown();

        assertThat(given().get("/api/v1/adapters/" + adapter.address())
                        .jsonPath()
                        .getInt("likes"))
                .isEqualTo(1);
    }

    @Test
    void an_adapter_deleted_concurrently_is_not_found() throws Exception {
        Adapter adapter = hub.adapter(hub.person(Role.MEMBER), Visibility.PUBLIC);
        String token = hub.token(hub.person(Role.MEMBER), AccessToken.Scope.WRITE);
        CompletableFuture<Integer> answer;
        QuarkusTransaction.begin();
        try {
            Adapter.deleteById(adapter.id);
            Adapter.flush();
            answer = CompletableFuture.supplyAsync(
                    () -> as(token).put(like(adapter)).statusCode());
            await().until(() -> LockWaits.count() == 1);
        } finally {
            QuarkusTransaction.commit();
        }

        assertThat(answer.get()).isEqualTo(404);
    }

    @Test
    void members_who_cannot_see_an_adapter_cannot_like_it() {
        Adapter adapter = hub.adapter(hub.person(Role.MEMBER), Visibility.PRIVATE);
        String token = hub.token(hub.person(Role.MEMBER), AccessToken.Scope.WRITE);

        assertThat(as(token).put(like(adapter)).statusCode()).isEqualTo(404);
        assertThat(as(token).delete(like(adapter)).statusCode()).isEqualTo(404);
    }

    @Test
    void a_like_needs_somebody_who_may_write() {
        Adapter adapter = hub.adapter(hub.person(Role.MEMBER), Visibility.PUBLIC);
        Person reader = hub.person(Role.MEMBER);

        assertThat(given().put(like(adapter)).statusCode()).isEqualTo(401);
        assertThat(as(hub.token(reader, AccessToken.Scope.READ))
                        .put(like(adapter))
                        .statusCode())
                .isEqualTo(403);
    }

    private static RequestSpecification as(String token) {
        return given().auth().oauth2(token);
    }

    private static String like(Adapter adapter) {
        return "/api/v1/adapters/" + adapter.address() + "/like";
    }
}
