package io.lorahub.composition.publication;

import static io.restassured.RestAssured.given;
import static org.awaitility.Awaitility.await;

import io.lorahub.account.AccessToken.Scope;
import io.lorahub.testsupport.DemoOnHub;
import io.lorahub.testsupport.FinishedRuns;
import io.lorahub.testsupport.Hub;
import io.restassured.http.ContentType;
import io.restassured.response.Response;
import io.restassured.specification.RequestSpecification;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** A member who merges two adapters and publishes the result. */
class MergePublishFixture extends RunPublishFixture {

    static final Duration SOON = Duration.ofMinutes(1);

    MergePublishFixture(Hub hub, DemoOnHub demo, FinishedRuns finished) {
        super(hub, demo, finished);
    }

    RequestSpecification program(Scope scope) {
        return given().auth().oauth2(hub.token(member, scope)).contentType(ContentType.JSON);
    }

    /** The address of a merge that is done. */
    String merged(Object... more) {
        String address = begun(more);
        await().atMost(SOON)
                .until(() -> program(Scope.READ).get(address).path("state").equals("succeeded"));
        return address;
    }

    String begun(Object... more) {
        Map<String, Object> body = new HashMap<>(Map.of(
                "candidates",
                List.of(
                        Map.of("adapter", parts.get(0), "weight", 0.7),
                        Map.of("adapter", parts.get(1), "weight", -0.4))));
        for (int i = 0; i < more.length; i += 2) body.put((String) more[i], more[i + 1]);
        Response begun = program(Scope.WRITE).body(body).post("/api/v1/merges");
        begun.then().statusCode(201);
        return "/api/v1/merges/" + begun.path("id");
    }

    Response publish(String merge, Map<String, ?> draft) {
        return program(Scope.WRITE).body(draft).post(merge + "/publication");
    }

    static String form(String merge) {
        return "/compose/merge/" + id(merge) + "/publish";
    }

    static String id(String merge) {
        return merge.replaceAll(".*/", "");
    }
}
