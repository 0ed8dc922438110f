package io.lorahub.composition.merge;

import static org.awaitility.Awaitility.await;

import io.lorahub.account.AccessToken.Scope;
import io.lorahub.account.Person;
import io.lorahub.account.Role;
import io.lorahub.testsupport.DemoOnHub;
import io.lorahub.testsupport.Hub;
import io.restassured.RestAssured;
import io.restassured.http.ContentType;
import io.restassured.response.Response;
import io.restassured.specification.RequestSpecification;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;

/** A member and two published adapters of another one, which are merged over the API. */
abstract class MergeFixture {

    static final String API = "/api/v1/merges";
    static final String PAGE = "/compose/merge";
    static final Duration SOON = Duration.ofSeconds(60);

    final Hub hub;
    final DemoOnHub demo;
    Person member;
    Person author;
    String token;
    List<String> adapters;

    MergeFixture(Hub hub, DemoOnHub demo) {
        this.hub = hub;
        this.demo = demo;
    }

    @BeforeEach
    void publish() {
        member = hub.person(Role.MEMBER);
        token = hub.token(member, Scope.WRITE);
        author = hub.person(Role.MEMBER);
        adapters = demo.publish(author, "un", "past");
    }

    RequestSpecification program() {
        return RestAssured.given().auth().oauth2(token).contentType(ContentType.JSON);
    }

    Map<String, Object> body(Object... more) {
        return body(adapters, more);
    }

    static Map<String, Object> body(List<String> adapters, Object... more) {
        List<Map<String, Object>> candidates = new ArrayList<>();
        double weight = 0.7;
        for (String adapter : adapters) {
            candidates.add(Map.of("adapter", adapter, "weight", weight));
            weight = -0.4;
        }
        Map<String, Object> body = new HashMap<>(Map.of("candidates", candidates));
        for (int i = 0; i < more.length; i += 2) body.put((String) more[i], more[i + 1]);
        return body;
    }

    Response done(Map<String, Object> body) {
        Response created = program().body(body).post(API);
        created.then().statusCode(201);
        String location = created.header("Location").replaceFirst("^https?://[^/]+", "");
        await().atMost(SOON)
                .until(() -> List.of("succeeded", "failed")
                        .contains(program().get(location).path("state")));
        return program().get(location);
    }
}
